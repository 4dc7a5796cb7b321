using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Artifacts.Uploads;

/// <summary>Renews a claim while its request runs, and stops the request when the claim is lost.</summary>
internal sealed class ClaimKeeper : IAsyncDisposable
{
    private readonly CancellationTokenSource lost;
    private readonly CancellationTokenSource done = new();
    private readonly Task renewing;

    public ClaimKeeper(UploadLedger ledger, UploadClaim claim, TimeSpan lifetime, TimeProvider clock, ILogger logger, CancellationToken ct)
    {
        lost = CancellationTokenSource.CreateLinkedTokenSource(ct);
        renewing = RenewAsync(ledger, claim, lifetime, clock, logger);
    }

    /// <summary>Fires when the caller's token does, or when the claim is lost.</summary>
    public CancellationToken Token => lost.Token;

    public async ValueTask DisposeAsync()
    {
        await done.CancelAsync();
        await renewing;
        done.Dispose();
        lost.Dispose();
    }

    private async Task RenewAsync(UploadLedger ledger, UploadClaim claim, TimeSpan lifetime, TimeProvider clock, ILogger logger)
    {
        var renewedAt = clock.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(UploadLedger.Lease / 3, clock, done.Token);
                var renewed = await TryRenewAsync(ledger, claim, lifetime, logger);
                if (renewed == true)
                {
                    renewedAt = clock.GetTimestamp();
                }
                else if (renewed == false || clock.GetElapsedTime(renewedAt) > UploadLedger.Lease)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            return;
        }

        Log.ClaimLost(logger, claim.UploadId);
        await lost.CancelAsync();
    }

    // Null: the database did not answer, so the claim may still be ours.
    private async Task<bool?> TryRenewAsync(UploadLedger ledger, UploadClaim claim, TimeSpan lifetime, ILogger logger)
    {
        try
        {
            return await ledger.RenewAsync(claim, lifetime, done.Token);
        }
        catch (Npgsql.NpgsqlException e)
        {
            Log.ClaimNotRenewed(logger, e, claim.UploadId);
            return null;
        }
    }
}
