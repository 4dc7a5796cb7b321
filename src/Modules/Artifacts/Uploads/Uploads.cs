using System.IO.Pipelines;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Settings;
using Harbor.Storage;
using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Artifacts.Uploads;

/// <summary>Receives blobs. An upload is invisible until it ends well; then its repository is linked to the blob.</summary>
/// <remarks>
/// A request claims the upload before its first byte, writes to a place that only its claim writes, makes the bytes durable, and
/// then accepts them. So two writers never meet, and any replica can go on where another stopped. docs/architecture.md walks
/// through it.
/// </remarks>
public sealed class Uploads
{
    // For a limit that is changed back and forth while uploads begin.
    private const int StartAttempts = 5;

    private readonly Database db;
    private readonly IBlobStore store;
    private readonly RepositoryDirectory repositories;
    private readonly HarborOptions options;
    private readonly TimeProvider clock;
    private readonly PausePoints pauses;
    private readonly ILogger<Uploads> logger;
    private readonly UploadLedger ledger;
    private readonly BlobPublisher publisher;
    private readonly UploadStages stages;

    public Uploads(
        Database db, IBlobStore store, RepositoryDirectory repositories, HarborOptions options, TimeProvider clock, PausePoints pauses, ILogger<Uploads> logger)
    {
        this.db = db;
        this.store = store;
        this.repositories = repositories;
        this.options = options;
        this.clock = clock;
        this.pauses = pauses;
        this.logger = logger;
        ledger = new UploadLedger(db, store);
        publisher = new BlobPublisher(db, store, options, pauses);
        stages = new UploadStages(store, logger);
    }

    /// <summary>Begins an upload.</summary>
    /// <exception cref="RegistryException"><c>DENIED</c>: the project is over its quota.</exception>
    public async Task<UploadStatus> StartAsync(RepositoryScope scope, DigestAlgorithm algorithm, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        await StartAsync(scope, id, algorithm, null, ct);
        return new UploadStatus(id, 0);
    }

    /// <summary>Where an upload stands; null when it is unknown here.</summary>
    public async Task<UploadStatus?> FindAsync(RepositoryScope scope, Guid id, CancellationToken ct) =>
        await repositories.FindIdAsync(scope, ct) is { } repositoryId ? await ledger.FindAsync(id, repositoryId, ct) : null;

    /// <summary>Appends a chunk.</summary>
    /// <param name="start">Offset at which the client says the chunk starts; null when it does not say.</param>
    /// <remarks>When the client goes away half-way, what arrived is accepted: it may ask for the offset and go on there.</remarks>
    public async Task<UploadResult> AppendAsync(RepositoryScope scope, Guid id, long? start, PipeReader body, CancellationToken ct)
    {
        if (await ClaimAsync(scope, id, start, null, ct) is not { } claim)
        {
            return await RefusedAsync(scope, id, ct);
        }

        var accepted = await WriteAsync(claim, body, ct);
        return accepted is null ? new UploadResult(UploadOutcome.Unknown, null) : new UploadResult(UploadOutcome.Done, new UploadStatus(id, accepted.Value));
    }

    /// <summary>Takes the last bytes, if any, and makes the blob readable in the repository.</summary>
    /// <exception cref="RegistryException"><c>DIGEST_INVALID</c>: the bytes are others; the upload is void. <c>DENIED</c>: quota.</exception>
    /// <remarks>Durable on return. Not cancelled once publishing has begun.</remarks>
    public async Task<UploadResult> FinishAsync(RepositoryScope scope, Guid id, Digest digest, long? start, PipeReader body, CancellationToken ct)
    {
        if (await ClaimAsync(scope, id, start, digest, ct) is not { } claim)
        {
            return await RefusedAsync(scope, id, ct);
        }

        return await FinishAsync(scope, claim, digest, body, resumable: true, ct)
            ? new UploadResult(UploadOutcome.Done, null)
            : new UploadResult(UploadOutcome.Unknown, null);
    }

    /// <summary>A whole blob in one request: begun, filled and ended.</summary>
    /// <exception cref="RegistryException">As <see cref="FinishAsync(RepositoryScope, Guid, Digest, long?, PipeReader, CancellationToken)"/>.</exception>
    public async Task PutAsync(RepositoryScope scope, Digest digest, PipeReader body, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        var claimId = Guid.CreateVersion7();
        var claim = new UploadClaim(
            id, await repositories.EnsureIdAsync(scope, ct), claimId, 0, digest.Algorithm, null, null, store.StageOf(id, claimId), store.BlobOf(digest, claimId));
        await StartAsync(scope, id, digest.Algorithm, claim, ct);
        if (!await FinishAsync(scope, claim, digest, body, resumable: false, ct))
        {
            throw ContentErrors.UploadUnknown(id);
        }
    }

    /// <summary>Gives an upload up. False when it is unknown here.</summary>
    public async Task<bool> CancelAsync(RepositoryScope scope, Guid id, CancellationToken ct)
    {
        if (await repositories.FindIdAsync(scope, ct) is not { } repositoryId || !await ledger.VoidAsync(id, repositoryId, ct))
        {
            return false;
        }

        stages.Hashes.Drop(id);
        return true;
    }

    /// <summary>Ends uploads that their clients abandoned. Returns how many.</summary>
    internal Task<int> SweepAsync(int limit, CancellationToken ct) => ledger.SweepAsync(limit, ct);

    private async Task StartAsync(RepositoryScope scope, Guid id, DigestAlgorithm algorithm, UploadClaim? claim, CancellationToken ct)
    {
        var repositoryId = await repositories.EnsureIdAsync(scope, ct);
        for (var attempt = 0; attempt < StartAttempts; attempt++)
        {
            if (await ledger.StartAsync(id, scope.Project.Id, repositoryId, algorithm, options.UploadLifetime, claim, ct))
            {
                return;
            }

            // Silent when there is room by now: then it begins after all.
            await db.TransactAsync(tx => QuotaLedger.RefuseIfFullAsync(tx, scope.Project.Id), ct);
        }

        throw new RegistryException(ErrorCode.ServiceUnavailable, "the project's quota is changing, try again");
    }

    private async Task<UploadClaim?> ClaimAsync(RepositoryScope scope, Guid id, long? start, Digest? publishAs, CancellationToken ct)
    {
        if (await repositories.FindIdAsync(scope, ct) is not { } repositoryId)
        {
            return null;
        }

        var claim = await ledger.ClaimAsync(id, repositoryId, start, publishAs, options.UploadLifetime, ct);
        await pauses.ReachAsync("upload.claimed", ct);
        return claim;
    }

    private async Task<UploadResult> RefusedAsync(RepositoryScope scope, Guid id, CancellationToken ct) =>
        await FindAsync(scope, id, ct) is { } status
            ? new UploadResult(UploadOutcome.OutOfOrder, status)
            : new UploadResult(UploadOutcome.Unknown, null);

    // Accepted length after the chunk; null when the claim, or the bytes accepted before, were lost.
    private async Task<long?> WriteAsync(UploadClaim claim, PipeReader body, CancellationToken ct)
    {
        await using var keeper = new ClaimKeeper(ledger, claim, options.UploadLifetime, clock, logger, ct);
        var accepted = claim.Accepted;
        var digestSoFar = claim.DigestSoFar;
        try
        {
            await using var writer = await stages.OpenAsync(claim, claim.Algorithm, keeper.Token);
            if (writer is null)
            {
                await GiveUpAsync(claim);
                return null;
            }

            await WriteAsync(claim, writer, body, keeper.Token);
            accepted = writer.Length;
            digestSoFar = writer.Digest;
            if (!await ledger.ReleaseAsync(claim, accepted, digestSoFar, CancellationToken.None))
            {
                await ledger.DisownAsync(claim, CancellationToken.None);
                return null;
            }

            stages.Hashes.Keep(claim.UploadId, writer.KeepHash(), accepted);
            return accepted;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;   // not the caller: the claim was lost
        }
        catch (StoreFailedException)
        {
            await GiveUpAsync(claim);
            throw;
        }
        catch
        {
            await ledger.ReturnAsync(claim, CancellationToken.None);   // unless it went back with what had arrived
            throw;
        }
    }

    // Whatever stops the body, the bytes that did arrive are made durable and the claim is given back.
    private async Task WriteAsync(UploadClaim claim, UploadWriter writer, PipeReader body, CancellationToken ct)
    {
        try
        {
            await writer.WriteAsync(body, ct);
            await pauses.ReachAsync("upload.written", ct);
        }
        catch (Exception e) when (e is not StoreFailedException)
        {
            await writer.SyncAsync();
            if (await ledger.ReleaseAsync(claim, writer.Length, writer.Digest, CancellationToken.None))
            {
                stages.Hashes.Keep(claim.UploadId, writer.KeepHash(), writer.Length);
            }
            else
            {
                await ledger.DisownAsync(claim, CancellationToken.None);
            }

            throw;
        }

        await writer.SyncAsync();
        await pauses.ReachAsync("upload.synced", ct);
    }

    private async Task<bool> FinishAsync(RepositoryScope scope, UploadClaim claim, Digest digest, PipeReader body, bool resumable, CancellationToken ct)
    {
        var published = false;
        try
        {
            await using (var keeper = new ClaimKeeper(ledger, claim, options.UploadLifetime, clock, logger, ct))
            {
                if (await CompleteAsync(claim, digest, body, resumable, keeper.Token) is not { } complete)
                {
                    await GiveUpAsync(claim);
                    return false;
                }

                if (complete.Digest != digest)
                {
                    await GiveUpAsync(claim);
                    throw ContentErrors.DigestMismatch(digest);
                }

                published = true;   // whatever fails from here, nobody may write under this claim again
                if (await publisher.PublishAsync(scope, claim, digest, complete.Length))
                {
                    return true;
                }

                await GiveUpAsync(claim);
                return false;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await GiveUpAsync(claim);   // not the caller: the claim was lost
            return false;
        }
        catch (StoreFailedException)
        {
            await GiveUpAsync(claim);
            throw;
        }
        catch (Exception e) when (published && e is (RegistryException or IOException or UnauthorizedAccessException))
        {
            await GiveUpAsync(claim);   // refused, or the store failed: either way nothing was committed
            throw;
        }
        catch (Exception e) when (!resumable && !published && e is not RegistryException)
        {
            await GiveUpAsync(claim);   // its client never learned the upload's name
            throw;
        }
        catch when (resumable && !published)
        {
            await ledger.ReturnAsync(claim, CancellationToken.None);   // unless it went back with what had arrived
            throw;
        }
        finally
        {
            stages.Hashes.Drop(claim.UploadId);
        }
    }

    // The upload ends without a blob, and what the claim wrote is queued for erasing.
    private async Task GiveUpAsync(UploadClaim claim)
    {
        stages.Hashes.Drop(claim.UploadId);
        if (!await ledger.VoidAsync(claim, CancellationToken.None))
        {
            await ledger.DisownAsync(claim, CancellationToken.None);
        }
    }

    // Digest and length of everything the client sent, durable in the claim's stage. Null: the accepted bytes are lost.
    private async Task<(Digest Digest, long Length)?> CompleteAsync(UploadClaim claim, Digest digest, PipeReader body, bool resumable, CancellationToken ct)
    {
        var first = await body.ReadAsync(ct);
        var empty = first.IsCompleted && first.Buffer.IsEmpty;
        body.AdvanceTo(first.Buffer.Start);
        if (empty && claim.DigestSoFar is { } known && claim.Source == claim.Stage && claim.Algorithm == digest.Algorithm)
        {
            return (known, claim.Accepted);   // all is hashed and durable, whichever replica did it
        }

        await using var writer = await stages.OpenAsync(claim, digest.Algorithm, ct);
        if (writer is null)
        {
            return null;
        }

        if (resumable && claim.Algorithm == digest.Algorithm)
        {
            await WriteAsync(claim, writer, body, ct);
        }
        else
        {
            await writer.WriteAsync(body, ct);
            await writer.SyncAsync();
        }

        return (writer.Digest, writer.Length);
    }
}
