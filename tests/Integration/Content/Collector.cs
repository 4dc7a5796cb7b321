using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Storage;

namespace Harbor.Integration.Content;

/// <summary>Decides about one blob as a collector does: holds it, then looks, then removes what nothing has used for a grace.</summary>
/// <remarks>Passes the pause points <c>collect.held</c> and <c>collect.looked</c>.</remarks>
internal sealed class Collector(ContentHost host)
{
    /// <summary>Whether it holds the blob while it looks; without that the promises are broken.</summary>
    public bool Holds { get; init; } = true;

    public Task RunAsync(Digest digest) => host.Database.TransactAsync(async tx =>
    {
        var id = await tx.ScalarAsync<long?>($"SELECT id FROM blob WHERE digest = $1 {(Holds ? "FOR UPDATE" : "")}", digest.ToBytes());
        await host.Points.ReachAsync("collect.held", tx.Ct);
        if (id is not { } blob)
        {
            return;
        }

        var idle = await tx.ListAsync("""
            SELECT repository_id, project_id FROM repository_blob JOIN repository ON repository.id = repository_id
            WHERE blob_id = $1 AND uses = 0 AND linked_at <= harbor_now() - $2 ORDER BY repository_id
            """, row => (Repository: row.GetInt64(0), Project: row.GetInt64(1)), blob, ContentHost.Grace);
        await host.Points.ReachAsync("collect.looked", tx.Ct);
        var quotas = idle.Select(link => link.Project).Distinct().Order().ToDictionary(project => project, project => new QuotaLedger(tx, project));
        foreach (var (repository, project) in idle)
        {
            await BlobCollection.UnlinkAsync(tx, quotas[project], repository, blob, digest);
        }

        await BlobCollection.RemoveIfUnusedAsync(tx, host.Get<IBlobStore>(), blob, TimeSpan.Zero);
        foreach (var quota in quotas.Values)
        {
            await quota.SettleAsync();
        }
    }, CancellationToken.None);
}
