using System.Data;
using Harbor.Oci;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Platform.Data;

/// <summary>The way to PostgreSQL for hot and set-based SQL; management queries go through <c>RegistryDbContext</c>.</summary>
/// <remarks>
/// Every transaction is READ COMMITTED, so a lock is taken first and what it protects is read by a following statement.
/// Times come from <c>harbor_now()</c>, the database's clock, which tests may shift.
/// </remarks>
public sealed class Database(NpgsqlDataSource source, ILogger<Database> logger)
{
    private const int MaxAttempts = 5;

    /// <summary>An event was committed: whoever tells events to their listeners need not wait until he looks.</summary>
    public event Action? Published;

    public NpgsqlDataSource Source => source;

    /// <summary>For tests alone: changes a statement before it is sent. A race is shown to need its lock by taking it out.</summary>
    internal Func<string, string>? Rewrite { get; set; }

    public NpgsqlCommand Command(string sql) => source.CreateCommand(Rewrite?.Invoke(sql) ?? sql);

    /// <summary>Several statements that read, in one round trip.</summary>
    public NpgsqlBatch Batch(IEnumerable<(string Sql, object?[] Values)> statements)
    {
        var batch = source.CreateBatch();
        foreach (var (sql, values) in statements)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = Rewrite?.Invoke(sql) ?? sql;
            command.Parameters.AddPositional(values);
            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    /// <summary>Runs <paramref name="work"/> in one transaction and commits it.</summary>
    /// <remarks>
    /// <paramref name="work"/> runs again, whole, after a deadlock, a failed serialization or a connection lost before COMMIT,
    /// so it must keep nothing outside the transaction. An answer to COMMIT that never came is not repeated: it is thrown.
    /// </remarks>
    /// <exception cref="RegistryException"><c>SERVICE_UNAVAILABLE</c>: a lock was not to be had within the lock time-out.</exception>
    public async Task<T> TransactAsync<T>(Func<Transaction, Task<T>> work, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var committing = false;
            try
            {
                await using var connection = await source.OpenConnectionAsync(ct);
                try
                {
                    await using var transaction = await connection.BeginTransactionAsync(ct);
                    var tx = new Transaction(connection, ct) { Rewrite = Rewrite };
                    var result = await work(tx);

                    // From here on the outcome is the database's: a caller that hangs up must not leave it in doubt.
                    committing = true;
                    await transaction.CommitAsync(CancellationToken.None);
                    if (tx.HasPublished)
                    {
                        Published?.Invoke();
                    }

                    tx.AfterCommit();

                    return result;
                }
                catch (PostgresException) when (connection.State == ConnectionState.Open)
                {
                    ForgetPrepared(connection);
                    throw;
                }
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable)
            {
                throw new RegistryException(ErrorCode.ServiceUnavailable, "the data is busy, try again", inner: e);
            }
            catch (NpgsqlException e) when (attempt < MaxAttempts && MayRepeat(e, committing))
            {
                Log.TransactionRepeated(logger, e, attempt);
            }
        }
    }

    public Task TransactAsync(Func<Transaction, Task> work, CancellationToken ct) =>
        TransactAsync(async tx =>
        {
            await work(tx);
            return true;
        }, ct);

    // A statement whose execution fails while Npgsql prepares it by itself would break the next one to use it on this connection
    // (npgsql issue 6391, in 10.0.0): it takes the statement for prepared and does not know its columns.
    private static void ForgetPrepared(NpgsqlConnection connection)
    {
        try
        {
            connection.UnprepareAll();
        }
        catch (NpgsqlException)
        {
            // The connection is gone, and what was prepared on it, too.
        }
    }

    private static bool MayRepeat(NpgsqlException e, bool committing) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure } => true,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => !committing,
        PostgresException => false,
        _ => !committing && e.IsTransient,
    };
}
