using Harbor.Modules.Access;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;
using Harbor.Platform.Settings;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Blobs;

/// <summary>Blobs through the repositories that are linked to them. Nobody reads a blob through another one, however he learned its digest.</summary>
public sealed class Blobs(
    Database db, IBlobStore store, RepositoryDirectory repositories, ChangeFeed feed, HarborOptions options, PausePoints pauses)
{
    private const int MaxCached = 100_000;

    private readonly FactCache<LinkedBlob> cache = new(feed, "link:", MaxCached);
    private readonly LinkLookups lookups = new(db, store);

    /// <summary>The blob, if the repository is linked to it. One indexed query, or none.</summary>
    public async ValueTask<LinkedBlob?> FindAsync(RepositoryScope scope, Digest digest, CancellationToken ct) =>
        await repositories.FindIdAsync(scope, ct) is { } repositoryId
            ? await cache.GetAsync(Key(repositoryId, digest), (repositoryId, digest), (at, token) => LoadAsync(at.repositoryId, at.digest, token), ct)
            : null;

    /// <summary>Opens the blob for reading; null when the repository is not linked to it.</summary>
    /// <remarks>
    /// The location may have been healed, or the blob collected and pushed anew, since it was cached: asked once more. Bytes of a
    /// wrong size count as gone, as they do when a push heals them.
    /// </remarks>
    public async ValueTask<BlobSource?> OpenAsync(RepositoryScope scope, LinkedBlob blob, CancellationToken ct)
    {
        if (OpenWhole(blob) is { } source)
        {
            return source;
        }

        if (await repositories.FindIdAsync(scope, ct) is not { } repositoryId)
        {
            return null;
        }

        cache.Evict(Key(repositoryId, blob.Digest));
        return await LoadAsync(repositoryId, blob.Digest, ct) is { } now ? OpenWhole(now) : null;
    }

    /// <summary>
    /// Answers a client that asks whether it must upload. To one who may push, yes means that the blob stays for at least half the
    /// grace, used or not: an unused link is renewed.
    /// </summary>
    public async Task<LinkedBlob?> StatAsync(RepositoryScope scope, Digest digest, CancellationToken ct)
    {
        var blob = await FindAsync(scope, digest, ct);
        if (blob is null or { InUse: true } || !await scope.Caller.CanAsync(scope.Project, Resource.Repository, AccessAction.Push, ct))
        {
            return blob;
        }

        var repositoryId = (await repositories.FindIdAsync(scope, ct))!.Value;
        await using var command = db.Command("""
            SELECT uses = 0 AND linked_at <= harbor_now() - $3 / 2 FROM repository_blob WHERE repository_id = $1 AND blob_id = $2
            """).With(repositoryId, blob.Id, options.GarbageGrace);
        return await command.ExecuteScalarAsync(ct) switch
        {
            false => blob,
            true when await RenewAsync(scope, repositoryId, blob, ct) => blob,
            _ => null,
        };
    }

    /// <summary>Links a blob of <paramref name="source"/> to <paramref name="target"/>; both were authorized.</summary>
    /// <returns>Null when the source is not linked to it: the client uploads then.</returns>
    /// <exception cref="RegistryException"><c>DENIED</c>: quota.</exception>
    public async Task<LinkedBlob?> MountAsync(RepositoryScope source, RepositoryScope target, Digest digest, CancellationToken ct)
    {
        if (await repositories.FindIdAsync(source, ct) is not { } sourceId || await LoadAsync(sourceId, digest, ct) is not { } blob)
        {
            return null;
        }

        var targetId = await repositories.EnsureIdAsync(target, ct);
        return await db.TransactAsync(async tx =>
        {
            await RepositoryLocks.ShareAsync(tx, target, targetId);
            await pauses.ReachAsync("mount.checked", tx.Ct);
            if (await tx.ScalarAsync<long?>("SELECT id FROM blob WHERE id = $1 FOR KEY SHARE", blob.Id) is null)
            {
                return null;
            }

            // The blob is held now; a link that was collected while we waited must not authorize any more.
            if (await tx.ScalarAsync<bool?>("SELECT true FROM repository_blob WHERE repository_id = $1 AND blob_id = $2", sourceId, blob.Id) is null)
            {
                return null;
            }

            await pauses.ReachAsync("mount.looked", tx.Ct);
            var quota = new QuotaLedger(tx, target.Project.Id);
            await BlobLinks.AddAsync(tx, quota, targetId, blob.Id, digest.ToBytes(), blob.SizeBytes, options.GarbageGrace);
            await pauses.ReachAsync("mount.linked", tx.Ct);
            await quota.SettleAsync();
            return blob;
        }, ct);
    }

    /// <summary>Unlinks a blob from the repository.</summary>
    /// <exception cref="RegistryException"><c>BLOB_UNKNOWN</c>: not linked here. <c>METHOD_NOT_ALLOWED</c>: an artifact names it.</exception>
    public async Task DeleteAsync(RepositoryScope scope, Digest digest, CancellationToken ct)
    {
        if (await repositories.FindIdAsync(scope, ct) is not { } repositoryId || await LoadAsync(repositoryId, digest, ct) is not { } blob)
        {
            throw ContentErrors.BlobUnknown(digest);
        }

        await db.TransactAsync(async tx =>
        {
            await RepositoryLocks.ShareAsync(tx, scope, repositoryId);
            await tx.ExecuteAsync("SELECT 1 FROM blob WHERE id = $1 FOR UPDATE", blob.Id);
            await pauses.ReachAsync("blob-delete.locked", tx.Ct);
            var uses = await tx.ScalarAsync<int?>("SELECT uses FROM repository_blob WHERE repository_id = $1 AND blob_id = $2", repositoryId, blob.Id)
                ?? throw ContentErrors.BlobUnknown(digest);
            if (uses > 0)
            {
                throw new RegistryException(ErrorCode.MethodNotAllowed, $"blob {digest} is used by an artifact of {scope.Name}");
            }

            var quota = new QuotaLedger(tx, scope.Project.Id);
            await BlobCollection.UnlinkAsync(tx, quota, repositoryId, blob.Id, digest);
            await BlobCollection.RemoveUnusedAsync(tx, store, [blob.Id], options.EraseDelay);
            await tx.EvictAsync(Key(repositoryId, digest));
            await quota.SettleAsync();
        }, ct);
        cache.Evict(Key(repositoryId, digest));
    }

    /// <summary>Key of the cached fact that a repository may serve a blob.</summary>
    internal static string Key(long repositoryId, Digest digest) => $"link:{repositoryId}:{digest}";

    private BlobSource? OpenWhole(LinkedBlob blob)
    {
        var source = store.Open(blob.Location);
        if (source is null || source.Length == blob.SizeBytes)
        {
            return source;
        }

        source.Dispose();
        return null;
    }

    private async Task<bool> RenewAsync(RepositoryScope scope, long repositoryId, LinkedBlob blob, CancellationToken ct)
    {
        try
        {
            return await db.TransactAsync(async tx =>
            {
                await RepositoryLocks.ShareAsync(tx, scope, repositoryId);
                if (await tx.ScalarAsync<long?>("SELECT id FROM blob WHERE id = $1 FOR KEY SHARE", blob.Id) is null)
                {
                    return false;
                }

                await pauses.ReachAsync("renew.locked", tx.Ct);
                if (await tx.ScalarAsync<bool?>("SELECT true FROM repository_blob WHERE repository_id = $1 AND blob_id = $2", repositoryId, blob.Id) is null)
                {
                    return false;
                }

                await pauses.ReachAsync("renew.looked", tx.Ct);
                var quota = new QuotaLedger(tx, scope.Project.Id);
                await BlobLinks.AddAsync(tx, quota, repositoryId, blob.Id, blob.Digest.ToBytes(), blob.SizeBytes, options.GarbageGrace);
                await quota.SettleAsync();
                return true;
            }, ct);
        }
        catch (RegistryException e) when (e.Code == ErrorCode.Denied)
        {
            return false;   // no room: the client uploads, and learns why there
        }
    }

    private Task<LinkedBlob?> LoadAsync(long repositoryId, Digest digest, CancellationToken ct) => lookups.FindAsync(repositoryId, digest, ct);
}
