using Harbor.Modules.Artifacts.Blobs;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;
using Harbor.Platform.Settings;
using Harbor.Storage;
using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Artifacts.Collection;

/// <summary>
/// Frees what nothing has used for a grace, while pushes and pulls go on. Its cost follows the queue of what lost a reference, never
/// the size of the registry. May run on any number of replicas at once, and be stopped or killed anywhere: the next round goes on.
/// </summary>
/// <remarks>Ages are judged by the database's clock. docs/architecture.md, "Collecting", tells the steps and their locks.</remarks>
public sealed class GarbageCollector(
    Database db, IBlobStore store, Eraser eraser, ChangeFeed feed, HarborOptions options, PausePoints pauses, ILogger<GarbageCollector> logger)
{
    private const int BatchSize = 250;

    private readonly BlobReviews reviews = new(db);
    private readonly HiddenArtifacts hidden = new(db, pauses);

    /// <summary>How long a deletion can be restored at least.</summary>
    public TimeSpan TrashRetention => options.RestorableFor;

    /// <summary>One round, until nothing is due any more.</summary>
    /// <param name="workers">How many decide at once; 1 at least.</param>
    /// <param name="progress">Hears the sum so far, after every batch; one call at a time.</param>
    /// <exception cref="OperationCanceledException">What it had done by then is done.</exception>
    public async Task<Collected> RunAsync(int workers, Action<Collected>? progress, CancellationToken ct)
    {
        var turn = new Lock();
        var sum = default(Collected);

        await hidden.MarkAsync(options.RestorableFor, ct);
        await hidden.FreeAsync(Add, ct);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => DecideAllAsync(Add, ct)));
        var erased = await eraser.EraseDueAsync(ct);
        Add(new Collected(0, 0, 0, -Math.Min(erased.RefusedBytes, sum.Bytes), erased.Locations));
        return sum;

        void Add(Collected part)
        {
            lock (turn)
            {
                sum += part;
                progress?.Invoke(sum);
            }
        }
    }

    /// <summary>One round at the pace of the background.</summary>
    public Task<Collected> RunAsync(CancellationToken ct) => RunAsync(1, null, ct);

    /// <summary>Waives the undo of what is deleted now. The grace of unused blobs stays as it is.</summary>
    /// <param name="age">How long ago it must have been deleted.</param>
    /// <returns>How many deletions can no longer be restored; the next round frees them.</returns>
    public Task<long> EmptyTrashAsync(TimeSpan age, CancellationToken ct) => hidden.MarkAsync(age, ct);

    private async Task DecideAllAsync(Action<Collected> decided, CancellationToken ct)
    {
        while (await reviews.ClaimAsync(BatchSize, ct) is { Count: > 0 } claimed)
        {
            await pauses.ReachAsync("collect.claimed", ct);
            var busy = await DecideAsync(claimed, patient: false, decided, ct);
            foreach (var review in busy)
            {
                // A push holds it. Waited for alone, so that nobody waits for a whole batch meanwhile.
                await DecideAsync([review], patient: true, decided, ct);
            }
        }
    }

    private async Task<IReadOnlyList<BlobReview>> DecideAsync(List<BlobReview> claimed, bool patient, Action<Collected> decided, CancellationToken ct)
    {
        try
        {
            var (collected, busy, changed) = await db.TransactAsync(async tx =>
            {
                var decision = new BlobDecision(tx, store, options.GarbageGrace, options.EraseDelay, pauses);
                var (collected, busy) = await decision.RunAsync(claimed, patient);
                return (collected, busy, decision.Changed);
            }, ct);
            changed.ForEach(feed.EvictLocally);
            decided(collected);
            return busy;
        }
        catch (RegistryException e) when (e.Code == ErrorCode.ServiceUnavailable)
        {
            // Somebody holds a row for very long. The claim runs out, and then they are looked at again.
            Log.NotDecided(logger, claimed.Count);
            return [];
        }
    }
}
