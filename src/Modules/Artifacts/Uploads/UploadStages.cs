using Harbor.Oci;
using Harbor.Storage;
using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Artifacts.Uploads;

/// <summary>Opens what a claim may write: positioned after the accepted bytes, with a running hash that has seen them.</summary>
internal sealed class UploadStages(IBlobStore store, ILogger logger)
{
    public HashStates Hashes { get; } = new();

    /// <summary>Opens the claim's stage for hashing with <paramref name="algorithm"/>; null when the accepted bytes are lost.</summary>
    public async Task<UploadWriter?> OpenAsync(UploadClaim claim, DigestAlgorithm algorithm, CancellationToken ct)
    {
        var writer = await TryOpenAsync(claim, algorithm, ct);
        if (writer is null)
        {
            Log.AcceptedBytesLost(logger, claim.UploadId);
        }

        return writer;
    }

    private async Task<UploadWriter?> TryOpenAsync(UploadClaim claim, DigestAlgorithm algorithm, CancellationToken ct)
    {
        if (claim.Source is null || claim.Accepted == 0)
        {
            return await ResumeAsync(claim, algorithm, 0, ct);
        }

        if (claim.Source != claim.Stage && !await CopyAsync(claim, ct))
        {
            return null;
        }

        var hash = algorithm == claim.Algorithm ? Hashes.Take(claim.UploadId, claim.Accepted) : null;
        if (hash is not null)
        {
            return await store.ResumeAsync(claim.Stage, claim.Accepted, ct) is { } stage ? new UploadWriter(stage, hash, algorithm) : null;
        }

        // No running hash here (another replica has it, or it is of another algorithm): the accepted bytes are hashed again.
        var writer = await ResumeAsync(claim, algorithm, claim.Accepted, ct);
        using var source = writer is null ? null : store.Open(claim.Stage);
        if (source is null)
        {
            return null;
        }

        await writer!.HashAsync(source, claim.Accepted, ct);
        if (algorithm == claim.Algorithm && writer.Digest != claim.DigestSoFar)
        {
            await writer.DisposeAsync();
            return null;
        }

        return writer;
    }

    // The writer before never gave its claim back and may still be writing: go on in a copy of what was accepted.
    private async Task<bool> CopyAsync(UploadClaim claim, CancellationToken ct)
    {
        Hashes.Drop(claim.UploadId);
        using var source = store.Open(claim.Source!.Value);
        await using var copy = await ResumeAsync(claim, claim.Algorithm, 0, ct);
        if (source is null || copy is null)
        {
            return false;
        }

        await copy.CopyAsync(source, claim.Accepted, ct);
        return copy.Length == claim.Accepted && copy.Digest == claim.DigestSoFar;
    }

    private async Task<UploadWriter?> ResumeAsync(UploadClaim claim, DigestAlgorithm algorithm, long length, CancellationToken ct) =>
        await store.ResumeAsync(claim.Stage, length, ct) is { } stage ? new UploadWriter(stage, algorithm.NewHash(), algorithm) : null;
}
