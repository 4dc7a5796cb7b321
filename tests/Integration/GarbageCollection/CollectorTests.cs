using System.Diagnostics;
using Harbor.Integration.Content;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Artifacts.Collection;
using Harbor.Modules.Artifacts.Tags;
using Harbor.Oci;
using Harbor.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.GarbageCollection;

/// <summary>The collector frees what nothing has used for a grace: all of that, and nothing else.</summary>
public sealed class CollectorTests : IAsyncLifetime
{
    private static readonly TestImage Image = TestImage.Of("web", TestImage.Bytes(1), TestImage.Bytes(2));

    private ContentHost host = null!;
    private RepositoryScope web = null!;
    private TimeSpan passed;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync(services => services.AddSingleton<TagChanges>());
        web = await host.RepositoryAsync();
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_blob_that_no_manifest_came_to_name_goes_after_the_grace_and_not_before()
    {
        await host.UploadAsync(web, Image.Layers[0]);

        await PassAsync(ContentHost.Grace - TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await host.CollectAsync()).Blobs);
        Assert.Single(host.Audit.Files());

        await PassAsync(TimeSpan.FromMinutes(2));
        var collected = await host.CollectAsync();

        Assert.Equal((1, Image.Layers[0].Length, 1), (collected.Blobs, collected.Bytes, collected.Erased));
        await NothingIsLeftAsync();
        Assert.Equal(0L, await host.Testing.QueryAsync("SELECT used FROM quota WHERE project_id = 1"));
    }

    [Fact]
    public async Task A_deleted_artifact_goes_with_its_blobs_after_one_grace_in_all()
    {
        await host.PushImageAsync(web, Image, "v1");
        await host.DeleteAsync(web, Image.Manifest);

        await PassAsync(ContentHost.Grace - TimeSpan.FromMinutes(1));
        Assert.Equal(default, await host.CollectAsync() with { Reviewed = 0 });

        await PassAsync(TimeSpan.FromMinutes(2));
        var collected = await host.CollectAsync();

        Assert.Equal((1, 3), (collected.Manifests, collected.Blobs));
        Assert.Equal(Image.Manifest.Content.Length + Image.Blobs.Sum(blob => blob.Length), collected.Bytes);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task An_index_goes_with_its_children_and_accessories_in_one_round()
    {
        var child = await host.PushImageAsync(web, Image);
        var index = await host.PushAsync(web, TestManifest.Index(child), "all");
        await host.UploadAsync(web, TestImage.Empty);
        await host.UploadAsync(web, TestImage.Bytes(7));
        await host.PushAsync(web, TestManifest.Signature(index, TestImage.Bytes(7)));
        await host.DeleteAsync(web, index);

        await PassAsync(2 * ContentHost.Grace);

        Assert.Equal(3, (await host.CollectAsync()).Manifests);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task What_others_use_stays()
    {
        var other = await host.RepositoryAsync("library/other");
        var kept = TestImage.Of("kept", Image.Layers[0]);
        await host.PushImageAsync(other, kept, "v1");
        await host.PushImageAsync(web, Image, "v1");
        await host.DeleteAsync(web, Image.Manifest);

        await PassAsync(2 * ContentHost.Grace);
        var collected = await host.CollectAsync();

        Assert.Equal((1, 2), (collected.Manifests, collected.Blobs));
        Assert.Equal(Image.Layers[0], await host.ReadAsync(other, Digest.Of(Image.Layers[0])));
        Assert.Null(await host.ReadAsync(web, Digest.Of(Image.Layers[0])));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_blob_that_two_repositories_of_a_project_gave_up_is_refunded_for_both()
    {
        await host.UploadAsync(web, Image.Layers[0]);
        await host.UploadAsync(await host.RepositoryAsync("library/other"), Image.Layers[0]);

        await PassAsync(2 * ContentHost.Grace);
        await host.CollectAsync();

        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_deleted_tag_leaves_its_deletion_behind_for_a_grace_alone()
    {
        await host.PushImageAsync(web, Image, "v1", "v2");
        await host.Get<TagChanges>().DeleteAsync(web, "v1", "v1", "test", CancellationToken.None);

        await PassAsync(2 * ContentHost.Grace);
        await host.CollectAsync();

        Assert.Equal(0L, await host.Testing.QueryAsync("SELECT (SELECT count(*) FROM tag_trash) + (SELECT count(*) FROM deletion)"));
        Assert.NotNull(await host.Manifests.FindAsync(web, "v2", CancellationToken.None));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_longer_retention_of_the_trash_keeps_what_was_deleted_and_not_what_was_never_used()
    {
        await using var patient = await ContentHost.StartAsync(services => Change(services, options => new HarborOptions
        {
            DataDirectory = options.DataDirectory,
            GarbageGrace = ContentHost.Grace,
            TrashRetention = TimeSpan.FromDays(7),
        }));
        var repository = await patient.RepositoryAsync();
        await patient.PushImageAsync(repository, Image, "v1");
        await patient.UploadAsync(repository, TestImage.Bytes(9));
        await patient.DeleteAsync(repository, Image.Manifest);

        await patient.Testing.ShiftClockAsync(TimeSpan.FromDays(6));
        var soon = await patient.CollectAsync();
        Assert.Equal((0, 1), (soon.Manifests, soon.Blobs));
        Assert.Empty(await patient.Audit.FindAsync());
        await patient.RestoreAsync(repository, await patient.LastDeletionAsync());
        Assert.Equal(Image.Layers[1], await patient.ReadAsync(repository, Digest.Of(Image.Layers[1])));
        await patient.DeleteAsync(repository, Image.Manifest);

        await patient.Testing.ShiftClockAsync(TimeSpan.FromDays(14));
        var late = await patient.CollectAsync();
        Assert.Equal((1, 3), (late.Manifests, late.Blobs));
        Assert.Empty(await patient.Audit.FindAsync());
    }

    [Fact]
    public async Task Emptying_the_trash_waives_the_undo_and_not_the_grace_of_links()
    {
        await host.PushImageAsync(web, Image, "v1");
        await host.DeleteAsync(web, Image.Manifest);

        Assert.Equal(1, await host.Collector.EmptyTrashAsync(TimeSpan.Zero, CancellationToken.None));
        var collected = await host.CollectAsync();

        Assert.Equal((1, 0), (collected.Manifests, collected.Blobs));
        Assert.Equal(Image.Layers[0], await host.ReadAsync(web, Digest.Of(Image.Layers[0])));   // a pull that runs ends well
        Assert.Empty(await host.Audit.FindAsync());
        await PassAsync(2 * ContentHost.Grace);
        await host.CollectAsync();
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Several_workers_free_the_same_as_one()
    {
        for (var number = 0; number < 30; number++)
        {
            await host.PushImageAsync(web, TestImage.Of($"image {number}", TestImage.Bytes(number, 100)));
            await host.UploadAsync(web, TestImage.Bytes(1000 + number, 100));
        }

        await host.Deletions.DeleteRepositoryAsync(web, "test", CancellationToken.None);
        await PassAsync(2 * ContentHost.Grace);
        var seen = new List<Collected>();

        var collected = await host.Collector.RunAsync(5, seen.Add, CancellationToken.None);

        Assert.Equal((30, 90), (collected.Manifests, collected.Blobs));
        Assert.Equal(collected, seen[^1]);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_round_that_is_cancelled_keeps_what_it_did_and_another_goes_on()
    {
        await host.PushImageAsync(web, Image, "v1");
        await host.DeleteAsync(web, Image.Manifest);
        await PassAsync(2 * ContentHost.Grace);
        using var stop = new CancellationTokenSource();
        var claimed = host.Points.HoldAt("collect.claimed");
        var collecting = host.Collector.RunAsync(1, null, stop.Token);
        await claimed.ReachedAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => collecting);
        Assert.Equal(0L, await host.Testing.QueryAsync("SELECT count(*) FROM artifact"));
        Assert.Equal(3L, await host.Testing.QueryAsync("SELECT count(*) FROM blob"));

        // Its claim runs out; then another takes over.
        await PassAsync(TimeSpan.FromMinutes(6));
        Assert.Equal(3, (await host.CollectAsync()).Blobs);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task An_estimate_is_what_a_round_then_frees_and_writes_nothing()
    {
        await host.PushImageAsync(web, Image, "v1");
        await host.PushImageAsync(web, TestImage.Of("kept", Image.Layers[0]), "v2");
        await host.UploadAsync(web, TestImage.Bytes(9));
        await host.DeleteAsync(web, Image.Manifest);
        await PassAsync(2 * ContentHost.Grace);

        var (blobs, manifests, bytes) = await host.Get<GarbageEstimate>().CountAsync(withUntagged: true, CancellationToken.None);
        var collected = await host.CollectAsync();

        Assert.Equal((collected.Blobs, collected.Manifests, collected.Bytes), (blobs, manifests, bytes));
        Assert.Equal((3L, 1L), (blobs, manifests));
    }

    [Fact]
    public async Task A_file_that_cannot_be_erased_is_not_counted_and_keeps_nobody_waiting()
    {
        await using var hindered = await ContentHost.StartAsync(services => services.AddSingleton<Storage.IBlobStore>(provider => new Stubborn(
            new Storage.FileSystem.FileSystemBlobStore(provider.GetRequiredService<HarborOptions>().StorageDirectory, provider.GetRequiredService<Storage.FileSystem.PosixFiles>()))));
        var repository = await hindered.RepositoryAsync();
        await hindered.UploadAsync(repository, TestImage.Bytes(1, Stubborn.Size));
        await hindered.UploadAsync(repository, TestImage.Bytes(2, 1000));
        await hindered.Testing.ShiftClockAsync(2 * ContentHost.Grace);

        var collected = await hindered.CollectAsync();

        Assert.Equal((2, 1000, 1), (collected.Blobs, collected.Bytes, collected.Erased));
        Assert.Equal(1L, await hindered.Testing.QueryAsync("SELECT count(*) FROM erasure"));
    }

    [Fact]
    public async Task A_repository_of_ten_thousand_artifacts_is_deleted_within_five_seconds_and_restored_and_freed()
    {
        await host.PushImageAsync(web, Image, "v1");
        await host.Testing.QueryAsync("""
            WITH made AS (
                INSERT INTO artifact (repository_id, digest, manifest_media_type, media_type, artifact_type, type, size, manifest_size, push_time, touched_at)
                SELECT repository_id, '\x01'::bytea || sha256(number::text::bytea), manifest_media_type, media_type, artifact_type, type, size, 100, push_time, touched_at
                FROM artifact, generate_series(1, 10000) AS number RETURNING id, repository_id, digest),
            content AS (INSERT INTO manifest (artifact_id, content) SELECT id, '\x00' FROM made),
            named AS (INSERT INTO artifact_blob (artifact_id, blob_id, media_type) SELECT made.id, blob.id, '' FROM made, blob),
            tagged AS (INSERT INTO tag (repository_id, name, artifact_id, push_time) SELECT repository_id, 't' || id, id, harbor_now() FROM made),
            charged AS (INSERT INTO project_blob (project_id, digest, size, count) SELECT 1, digest, 100, 1 FROM made),
            used AS (UPDATE quota SET used = used + 1000000 WHERE project_id = 1)
            UPDATE repository_blob SET uses = uses + 10000
            """);

        var watch = Stopwatch.StartNew();
        await host.Deletions.DeleteRepositoryAsync(web, "test", CancellationToken.None);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));

        var restored = await host.RestoreAsync(web, await host.LastDeletionAsync());
        Assert.Equal((10_001, 10_001), (restored.ArtifactCount, restored.TagCount));
        await host.Deletions.DeleteRepositoryAsync(web, "test", CancellationToken.None);
        await PassAsync(2 * ContentHost.Grace);
        var collected = await host.CollectAsync();
        Assert.Equal((10_001, 3), (collected.Manifests, collected.Blobs));
        await NothingIsLeftAsync();
    }

    private Task PassAsync(TimeSpan time) => host.Testing.ShiftClockAsync(passed += time);

    private async Task NothingIsLeftAsync()
    {
        Assert.Equal(0L, await host.Testing.QueryAsync("""
            SELECT (SELECT count(*) FROM artifact) + (SELECT count(*) FROM blob) + (SELECT count(*) FROM deletion) + (SELECT count(*) FROM tag_trash)
                + (SELECT count(*) FROM blob_review) + (SELECT count(*) FROM erasure) + (SELECT count(*) FROM project_blob)
            """));
        Assert.Empty(host.Audit.Files());
        Assert.Empty(await host.Audit.FindAsync());
    }

    private static void Change(IServiceCollection services, Func<HarborOptions, HarborOptions> change) =>
        services.AddSingleton(change((HarborOptions)services.Last(service => service.ServiceType == typeof(HarborOptions)).ImplementationInstance!));

    /// <summary>A store that cannot erase one of its files.</summary>
    private sealed class Stubborn(Storage.IBlobStore inner) : DelegatingBlobStore(inner)
    {
        public const int Size = 4321;

        public override Task EraseAsync(Storage.Location location, CancellationToken ct) =>
            SizeOf(location) == Size ? throw new IOException("read-only file system") : base.EraseAsync(location, ct);
    }
}
