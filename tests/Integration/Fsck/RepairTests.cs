using System.Net;
using Harbor.Integration.Content;
using Harbor.Modules.Fsck;
using Harbor.Storage;
using Harbor.Support;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Fsck;

public sealed class RepairTests
{
    private static readonly FsckOptions Repair = new() { Deep = true, Repair = true };

    [Theory]
    [InlineData("delete")]
    [InlineData("truncate")]
    [InlineData("flip")]
    public async Task A_blob_without_right_bytes_is_marked_lost_and_the_next_push_heals_it(string damage)
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        Assert.Equal(registry.Layer, await registry.Client.GetAsync($"blobs/{registry.LayerDigest}"));   // cached by now
        await DamageAsync(await registry.FileAsync(registry.LayerDigest), damage);

        var repaired = await registry.RunAsync(Repair);

        Assert.Contains(repaired.Findings, finding => finding.Outcome == FindingOutcome.MarkedLost && finding.Digest == registry.LayerDigest.Value);
        Assert.Equal($"lost/{registry.LayerDigest.Hex}", await registry.LocationAsync(registry.LayerDigest));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(registry, HttpMethod.Head));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(registry, HttpMethod.Get));
        Assert.Contains(FindingKind.Lost, (await registry.CheckAsync()).Findings.Select(finding => finding.Kind));

        await registry.Client.PushAsync(registry.Image, "latest");

        Assert.Equal(registry.Layer, await registry.Client.GetAsync($"blobs/{registry.LayerDigest}"));
        Assert.Equal(HttpStatusCode.OK, await registry.Client.HeadAsync($"blobs/{registry.LayerDigest}"));
        Assert.Empty(await registry.Audit.FindAsync());

        // What was wrong lies where it lay, as nobody's.
        Assert.Equal(damage == "delete" ? [] : [FindingKind.Orphan], (await registry.CheckAsync(deep: true)).Findings.Select(finding => finding.Kind));
    }

    [Fact]
    public async Task A_lost_blob_is_neither_mounted_nor_named_by_a_new_manifest_and_heals_for_every_repository()
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        using var other = new RegistryClient(registry.Harbor.Url, registry.Client.Repository + "-2");
        await other.MountAsync(registry.LayerDigest, registry.Client.Repository);
        File.Delete(await registry.FileAsync(registry.LayerDigest));
        await registry.RunAsync(Repair);

        using (var mount = await registry.Client.SendAsync(
            HttpMethod.Post, $"/v2/{registry.Client.Repository}-3/blobs/uploads/?mount={registry.LayerDigest}&from={registry.Client.Repository}", []))
        {
            Assert.Equal(HttpStatusCode.Accepted, mount.StatusCode);
        }

        using (var again = await ManifestAsync(registry))
        {
            Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
            Assert.Contains("MANIFEST_BLOB_UNKNOWN", await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await other.PostAsync(registry.Layer);

        Assert.Equal(registry.Layer, await registry.Client.GetAsync($"blobs/{registry.LayerDigest}"));
        using var healed = await ManifestAsync(registry);
        Assert.Equal(HttpStatusCode.Created, healed.StatusCode);
        Assert.Empty(await registry.Audit.FindAsync());
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("flip")]
    public async Task A_second_copy_of_the_bytes_gives_the_blob_back_without_a_push(string damage)
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        var file = await registry.FileAsync(registry.LayerDigest);
        var directory = Path.GetDirectoryName(file)!;
        await File.WriteAllBytesAsync(Path.Combine(directory, "aaa-of-the-right-length"), TestImage.Bytes(99), TestContext.Current.CancellationToken);
        File.Copy(file, Path.Combine(directory, "data"));
        await DamageAsync(file, damage);

        var repaired = await registry.RunAsync(Repair);

        var finding = Assert.Single(repaired.Findings, finding => finding.Kind != FindingKind.Orphan);
        Assert.Equal(FindingOutcome.Repaired, finding.Outcome);
        Assert.Equal(registry.Layer, await registry.Client.GetAsync($"blobs/{registry.LayerDigest}"));
        Assert.Empty(await registry.Audit.FindAsync());
    }

    [Fact]
    public async Task A_copy_that_waits_to_be_erased_serves_and_its_erasing_hurts_nobody()
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        await registry.Client.PutAsync(registry.Layer);   // the second copy is queued at once
        File.Delete(await registry.FileAsync(registry.LayerDigest));

        var repaired = await registry.RunAsync(Repair);
        await registry.EraseAsync();

        Assert.Equal([(FindingKind.Missing, FindingOutcome.Repaired)], repaired.Kinds);
        Assert.Equal(registry.Layer, await registry.Client.GetAsync($"blobs/{registry.LayerDigest}"));
        Assert.Empty((await registry.CheckAsync(deep: true)).Findings);
    }

    [Fact]
    public async Task Bytes_that_were_going_to_be_erased_under_a_blob_are_kept()
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        await registry.Harbor.Database.QueryAsync("INSERT INTO erasure SELECT location, size, harbor_now() FROM blob");

        var repaired = await registry.RunAsync(new FsckOptions { Repair = true });
        await registry.EraseAsync();

        Assert.All(repaired.Kinds, kind => Assert.Equal((FindingKind.Doomed, FindingOutcome.Repaired), kind));
        Assert.Equal(3, repaired.Findings.Count);
        Assert.Equal(registry.Layer, await registry.Client.GetAsync($"blobs/{registry.LayerDigest}"));
        Assert.Empty((await registry.CheckAsync(deep: true)).Findings);
        Assert.Empty(await registry.Audit.FindAsync());
    }

    [Fact]
    public async Task A_blob_that_was_lost_is_given_back_when_its_bytes_turn_up()
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        var file = await registry.FileAsync(registry.LayerDigest);
        File.Move(file, file + ".away");
        File.Move(file + ".away", registry.PathOf("away"));
        await registry.RunAsync(Repair);
        File.Move(registry.PathOf("away"), file);

        var repaired = await registry.RunAsync(Repair);

        Assert.Contains((FindingKind.Lost, FindingOutcome.Repaired), repaired.Kinds);
        Assert.Equal(registry.Layer, await registry.Client.GetAsync($"blobs/{registry.LayerDigest}"));
    }

    [Fact]
    public async Task What_a_push_brings_while_it_trusts_the_corrupt_bytes_is_what_repairs_them()
    {
        var points = new HoldingPoints();
        await using var registry = await RegistryUnderFsck.StartAsync(points);
        await FindingTests.FlipAsync(await registry.FileAsync(registry.LayerDigest));
        var held = points.HoldAt("blob.upserted");
        var pushing = registry.Client.PutAsync(registry.Layer);
        await held.ReachedAsync();   // it holds the row, and keeps what has the right length

        var repairing = registry.RunAsync(Repair);
        held.Release();
        await pushing;

        Assert.Contains((FindingKind.Corrupt, FindingOutcome.Repaired), (await repairing).Kinds);
        await registry.EraseAsync();
        Assert.Equal(registry.Layer, await registry.Client.GetAsync($"blobs/{registry.LayerDigest}"));
        Assert.Empty(await registry.Audit.FindAsync());
    }

    [Fact]
    public async Task A_push_takes_its_own_bytes_though_the_blob_was_marked_lost_after_it_looked()
    {
        await using var host = await ContentHost.StartAsync();
        var repository = await host.RepositoryAsync();
        var content = TestImage.Bytes(1);
        var digest = await host.UploadAsync(repository, content);
        await using var marking = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(host.Testing.ConnectionString) { Pooling = false }.ConnectionString);
        await marking.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await marking.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var mark = new NpgsqlCommand($"UPDATE blob SET location = '{Location.LostOf(digest)}'", marking);
        await mark.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var pushing = host.UploadAsync(repository, content);
        Assert.True(await host.WaitsAsync(pushing));
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await pushing;

        Assert.Empty(await host.Audit.FindAsync());
    }

    [Theory]
    [InlineData("UPDATE manifest SET content = set_byte(content, 10, get_byte(content, 10) # 1)")]
    [InlineData("DELETE FROM manifest")]
    public async Task A_damaged_manifest_is_healed_by_the_next_push_of_it(string damage)
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        await registry.Harbor.Database.QueryAsync(damage);
        Assert.Single((await registry.RunAsync(Repair)).Findings);   // nothing here can repair it

        await registry.Client.PushAsync(registry.Image.Manifest, "latest");

        Assert.Empty((await registry.RunAsync(Repair)).Findings);
        Assert.Equal(registry.Image.Manifest.Content, await registry.Client.GetAsync("manifests/latest"));
        Assert.Equal(registry.Image.Manifest.Content, await registry.Client.GetAsync($"manifests/{registry.Image.Manifest.Digest}"));
    }

    [Fact]
    public async Task Without_leave_to_repair_nothing_is_changed()
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        var before = await registry.LocationAsync(registry.LayerDigest);
        File.Delete(registry.PathOf(before!));

        Assert.Equal([(FindingKind.Missing, FindingOutcome.Remains)], (await registry.CheckAsync(deep: true)).Kinds);

        Assert.Equal(before, await registry.LocationAsync(registry.LayerDigest));
    }

    [Fact]
    public async Task Two_that_change_the_same_registry_do_not_run_at_once()
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        await using var other = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(registry.Harbor.Database.ConnectionString) { Pooling = false }.ConnectionString);
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand($"SELECT pg_advisory_lock({ConsistencyCheck.LockKey})", other);
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<FsckException>(() => registry.RunAsync(Repair));
        Assert.Empty((await registry.CheckAsync()).Findings);
    }

    private static Task<HttpResponseMessage> ManifestAsync(RegistryUnderFsck registry) =>
        registry.Client.SendManifestAsync(registry.Image.Manifest, "again");

    private static Task<HttpStatusCode> StatusAsync(RegistryUnderFsck registry, HttpMethod method) =>
        method == HttpMethod.Head
            ? registry.Client.HeadAsync($"blobs/{registry.LayerDigest}")
            : registry.Client.StatusAsync($"blobs/{registry.LayerDigest}");

    private static async Task DamageAsync(string file, string how)
    {
        switch (how)
        {
            case "delete":
                File.Delete(file);
                break;
            case "truncate":
                await File.WriteAllBytesAsync(file, TestImage.Bytes(1)[..100]);
                break;
            default:
                await FindingTests.FlipAsync(file);
                break;
        }
    }
}
