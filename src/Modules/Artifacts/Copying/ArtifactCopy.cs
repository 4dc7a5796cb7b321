using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;

namespace Harbor.Modules.Artifacts.Copying;

/// <summary>Copies an artifact with its children, its accessories and the tags of all of them: rows alone, for the bytes are there.</summary>
public sealed class ArtifactCopy(Database db, RepositoryDirectory repositories, ChangeFeed feed, PausePoints pauses)
{
    /// <summary>One transaction per tree: all of it is there, or nothing.</summary>
    /// <param name="reference">Tag or digest of the artifact at its source.</param>
    /// <remarks>What the target has already stays as it is and only gets the tags; nothing is looked for below it.</remarks>
    /// <exception cref="RegistryException">
    /// <c>NOT_FOUND</c>: nothing there to copy; <c>PRECONDITION</c>: it would move an immutable tag; <c>DENIED</c>: the target has no
    /// room, or what shall be copied is an accessory.
    /// </exception>
    public async Task CopyAsync(RepositoryScope source, string reference, RepositoryScope target, CancellationToken ct)
    {
        var sourceId = await repositories.FindIdAsync(source, ct) ?? throw ContentErrors.ArtifactNotFound(source.Name, reference);
        var targetId = await repositories.EnsureIdAsync(target, ct);
        var changed = await db.TransactAsync(async tx =>
        {
            var copy = new CopyTransaction(tx, new(source, sourceId), new(target, targetId), pauses);
            await copy.HoldAsync(reference);
            await copy.StoreAsync();
            await copy.TagAsync();
            await copy.TellAsync();
            await copy.ChargeAsync();
            return copy.Changed;
        }, ct);
        changed.ForEach(feed.EvictLocally);
    }
}
