using Harbor.Oci;
using Harbor.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Modules.Audit;

/// <summary>Makes the audit log's partitions ahead of their months, on every replica: whoever comes first does it.</summary>
public sealed class AuditUpkeep(Database db, TimeProvider clock, ILogger<AuditUpkeep> logger) : BackgroundService
{
    private const int MonthsAhead = 2;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Answers how many partitions it made.</summary>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var made = 0;
        for (var ahead = 0; ahead <= MonthsAhead; ahead++)
        {
            // A transaction each: the lock on the default partition must be short.
            made += await db.TransactAsync(
                tx => tx.ScalarAsync<bool>("SELECT audit_log_add_month(harbor_now() + make_interval(months => $1))", ahead), ct) ? 1 : 0;
        }

        if (made > 0)
        {
            Log.PartitionsMade(logger, made);
        }

        return made;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await TryRunAsync(stoppingToken);
                await Task.Delay(Interval, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start looks, too.
        }
    }

    private async Task TryRunAsync(CancellationToken ct)
    {
        try
        {
            await RunOnceAsync(ct);
        }
        catch (Exception e) when (e is NpgsqlException or RegistryException or TimeoutException)
        {
            Log.PartitionsNotMade(logger, e);
        }
    }
}
