using Harbor.Oci;
using Harbor.Platform.Events;
using Npgsql;
using NpgsqlTypes;

namespace Harbor.Platform.Data;

/// <summary>One open transaction: builds its commands and queues its notifications.</summary>
public sealed class Transaction(NpgsqlConnection connection, CancellationToken ct)
{
    // Beyond this, forgetting everything costs the replicas less than hearing each key.
    private const int MaxEvictions = 1000;

    public NpgsqlConnection Connection => connection;

    public CancellationToken Ct => ct;

    /// <summary>Whether an event was written to the outbox.</summary>
    internal bool HasPublished { get; private set; }

    /// <summary>What this process does when the transaction is committed, and only then.</summary>
    internal event Action? Committed;

    internal void AfterCommit() => Committed?.Invoke();

    /// <inheritdoc cref="Database.Rewrite"/>
    internal Func<string, string>? Rewrite { get; init; }

    /// <summary>A command with positional parameters: <c>$1</c> is the first of <paramref name="values"/>.</summary>
    public NpgsqlCommand Command(string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlCommand(Rewrite?.Invoke(sql) ?? sql, connection);
        command.Parameters.AddPositional(values);
        return command;
    }

    /// <summary>Several statements in one round trip, run in order; each sees what those before it committed or did.</summary>
    /// <returns>A reader over the results of those statements that return rows.</returns>
    public async Task<NpgsqlDataReader> BatchAsync(params (string Sql, object?[] Values)[] statements)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (sql, values) in statements)
        {
            var command = new NpgsqlBatchCommand(Rewrite?.Invoke(sql) ?? sql);
            command.Parameters.AddPositional(values);
            batch.BatchCommands.Add(command);
        }

        return await batch.ExecuteReaderAsync(ct);
    }

    /// <summary>Runs a statement; answers the number of rows it touched.</summary>
    public async Task<int> ExecuteAsync(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>First column of the first row; default when there is no row or it is null.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        var value = await command.ExecuteScalarAsync(ct);
        return value is null or DBNull ? default : (T)value;
    }

    /// <summary>Every row, mapped.</summary>
    public async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> map, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ListAsync(map, ct);
    }

    /// <summary>Tells the listeners of an event what this transaction does, after the commit and never without it.</summary>
    public Task PublishAsync<TEvent>(TEvent happened)
        where TEvent : class, IDomainEvent
    {
        var (sql, values) = Publication(happened);
        return ExecuteAsync(sql, values);
    }

    /// <summary>The same as a statement for <see cref="BatchAsync"/>, where a round trip is to be saved. It must be run.</summary>
    public (string Sql, object?[] Values) Publication<TEvent>(TEvent happened)
        where TEvent : class, IDomainEvent
    {
        HasPublished = true;
        return Outbox.Insert(happened);
    }

    /// <summary>Tells every replica, after the commit, that cached facts under <paramref name="key"/> have changed.</summary>
    /// <remarks>Only for facts that may be cached: commits that notify are serialized by PostgreSQL.</remarks>
    public Task EvictAsync(string key) =>
        EvictAsync([key]);

    /// <inheritdoc cref="EvictAsync(string)"/>
    public Task EvictAsync(IReadOnlyCollection<string> keys) =>
        keys.Count == 0 ? Task.CompletedTask
        : ExecuteAsync("SELECT pg_notify($1, key) FROM unnest($2::text[]) AS key", ChangeFeed.Channel,
            keys.Count > MaxEvictions ? [ChangeFeed.Everything] : keys.ToArray());
}

public static class CommandExtensions
{
    /// <summary>Adds unnamed parameters in order; null becomes SQL NULL.</summary>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: a text holds a NUL character, which PostgreSQL cannot store.</exception>
    public static void AddPositional(this NpgsqlParameterCollection parameters, ReadOnlySpan<object?> values)
    {
        foreach (var value in values)
        {
            // The database would refuse it, too; but a refused statement costs the connection what it has prepared.
            if (value is string text && text.Contains('\0', StringComparison.Ordinal))
            {
                throw new RegistryException(ErrorCode.BadRequest, "a text holds a character that cannot be stored");
            }

            parameters.Add(value switch
            {
                NpgsqlParameter parameter => parameter,
                null => new NpgsqlParameter { Value = DBNull.Value },
                _ => new NpgsqlParameter { Value = value },
            });
        }
    }

    public static NpgsqlCommand With(this NpgsqlCommand command, params ReadOnlySpan<object?> values)
    {
        command.Parameters.AddPositional(values);
        return command;
    }

    public static async Task<List<T>> ListAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> map, CancellationToken ct)
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    /// <summary>Every row of the current result, mapped; then goes on to the next result.</summary>
    public static async Task<List<T>> TakeAsync<T>(this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> map, CancellationToken ct)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(map(reader));
        }

        await reader.NextResultAsync(ct);
        return rows;
    }

    /// <summary>First row, mapped; default when there is none.</summary>
    public static async Task<T?> FindAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> map, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? map(reader) : default;
    }

    /// <summary>A JSON document as a <c>jsonb</c> parameter; null stays null.</summary>
    public static NpgsqlParameter Jsonb(string? json) =>
        new() { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = (object?)json ?? DBNull.Value };
}
