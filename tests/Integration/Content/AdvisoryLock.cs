using Harbor.Support;
using Npgsql;

namespace Harbor.Integration.Content;

/// <summary>
/// Holds a statement inside the database, where no pause point reaches: the statement is rewritten to wait for this lock, when what
/// it reads is settled already by its snapshot.
/// </summary>
internal sealed class AdvisoryLock : IAsyncDisposable
{
    /// <summary>A condition that is true, once the lock is free.</summary>
    public const string Wait = "(SELECT pg_advisory_xact_lock_shared(7)::text) IS NOT NULL";

    private const string Awaited = """
        SELECT EXISTS (
            SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
            WHERE locktype = 'advisory' AND objid = 7 AND NOT granted AND datname = current_database())
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly NpgsqlConnection connection;

    private AdvisoryLock(NpgsqlConnection connection) => this.connection = connection;

    public static async Task<AdvisoryLock> TakeAsync(TestDatabase database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var taken = new AdvisoryLock(connection);
        await taken.RunAsync("SELECT pg_advisory_lock(7)");
        return taken;
    }

    /// <summary>Waits until somebody waits for it.</summary>
    public async Task AwaitedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!(bool)(await RunAsync(Awaited))!)
        {
            await Task.Delay(5, patience.Token);
        }
    }

    public Task ReleaseAsync() => RunAsync("SELECT pg_advisory_unlock(7)");

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<object?> RunAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
