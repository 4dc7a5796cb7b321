using Harbor.Integration.Content;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Fsck;
using Harbor.Modules.SystemArtifacts;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Fsck;

/// <summary>Each thing that can be wrong is made by hand, and found; and nothing else is.</summary>
public sealed class FindingTests : IAsyncLifetime
{
    private static readonly TestImage Image = TestImage.Of("one", TestImage.Bytes(1), TestImage.Bytes(2));
    private static readonly Digest Layer = Digest.Of(TestImage.Bytes(1));

    private ContentHost host = null!;
    private RepositoryScope repository = null!;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_registry_in_order_is_clean_however_deep_one_looks(bool deep)
    {
        var result = await CheckAsync(deep);

        Assert.Empty(result.Findings);
        Assert.Equal((3, 1, 3, 0), (result.Tally.Blobs, result.Tally.Manifests, result.Tally.Files, result.Tally.Open));
        Assert.Equal(Image.Blobs.Sum(blob => blob.Length), result.Tally.BlobBytes);
        Assert.Equal(deep ? Image.Blobs.Sum(blob => blob.Length) + Image.Manifest.Content.Length : 0, result.Tally.BytesRead);
    }

    [Fact]
    public async Task A_file_that_is_gone_is_missing_and_its_repositories_are_named()
    {
        var other = await host.RepositoryAsync("library/other");
        await host.Blobs.MountAsync(repository, other, Layer, CancellationToken.None);
        File.Delete(await FileAsync(Layer));

        var finding = Assert.Single((await CheckAsync()).Findings);

        Assert.Equal((FindingKind.Missing, FindingOutcome.Remains, Layer.Value, 5000L), (finding.Kind, finding.Outcome, finding.Digest, finding.SizeBytes));
        Assert.Equal(["library/other", "library/web"], finding.Repositories);
        Assert.Equal(await LocationAsync(Layer), finding.Location);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4999)]
    [InlineData(5001)]
    public async Task A_file_of_another_length_is_found_without_reading_it(int length)
    {
        await using (var file = new FileStream(await FileAsync(Layer), FileMode.Open))
        {
            file.SetLength(length);
        }

        Assert.Equal([(FindingKind.WrongSize, FindingOutcome.Remains)], (await CheckAsync()).Kinds);
    }

    [Fact]
    public async Task A_flipped_byte_is_found_by_a_deep_check_alone()
    {
        await FlipAsync(await FileAsync(Layer));

        Assert.Empty((await CheckAsync()).Findings);
        var finding = Assert.Single((await CheckAsync(deep: true)).Findings);
        Assert.Equal((FindingKind.Corrupt, Layer.Value), (finding.Kind, finding.Digest));
    }

    [Fact]
    public async Task Sha512_blobs_are_hashed_as_what_they_are()
    {
        var content = TestImage.Bytes(9);
        var digest = Digest.Of(content, DigestAlgorithm.Sha512);
        await host.Uploads.PutAsync(repository, digest, ContentHost.Body(content), CancellationToken.None);

        Assert.Empty((await CheckAsync(deep: true)).Findings);
        await FlipAsync(await FileAsync(digest));
        Assert.Equal(digest.Value, Assert.Single((await CheckAsync(deep: true)).Findings).Digest);
    }

    [Fact]
    public async Task Bytes_that_no_row_owns_are_orphans_wherever_they_lie()
    {
        var directory = Path.GetDirectoryName(await FileAsync(Layer))!;
        var stage = host.Get<IBlobStore>().StageOf(Guid.NewGuid(), Guid.NewGuid());
        string[] strays = [Path.Combine(directory, Guid.NewGuid().ToString("N")), Path.Combine(directory, "data"), PathOf(stage.Key), PathOf("uploads/stray"), PathOf("docker/registry/v2/blobs/sha256/ab/stray")];
        foreach (var stray in strays)
        {
            await File.WriteAllTextAsync(stray, "stray", CancellationToken.None);
        }

        var result = await CheckAsync();

        Assert.All(result.Findings, finding => Assert.Equal((FindingKind.Orphan, FindingOutcome.Remains, 5L), (finding.Kind, finding.Outcome, finding.SizeBytes)));
        Assert.Equal(strays.Order(StringComparer.Ordinal), result.Findings.Select(finding => PathOf(finding.Location!)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_adopted_from_distribution_is_owned_at_its_canonical_place()
    {
        var file = await FileAsync(Layer);
        File.Move(file, Path.Combine(Path.GetDirectoryName(file)!, "data"));
        await host.Testing.QueryAsync($"UPDATE blob SET location = NULL WHERE digest = {Sql(Layer)}");

        Assert.Empty((await CheckAsync(deep: true)).Findings);
    }

    [Fact]
    public async Task What_an_upload_has_staged_and_what_waits_to_be_erased_are_no_orphans()
    {
        var begun = await host.Uploads.StartAsync(repository, DigestAlgorithm.Sha256, CancellationToken.None);
        await host.Uploads.AppendAsync(repository, begun.Id, null, ContentHost.Body(TestImage.Bytes(7)), CancellationToken.None);
        await host.UploadAsync(repository, TestImage.Bytes(1));   // a second copy, queued at once

        var result = await CheckAsync();

        Assert.Empty(result.Findings);
        Assert.Equal((5, 1), (result.Tally.Files, result.Tally.Waiting));
    }

    [Fact]
    public async Task Files_that_the_server_makes_for_itself_are_no_orphans()
    {
        var files = new SystemArtifacts(host.Database, host.Get<IBlobStore>());
        await using var content = new MemoryStream(TestImage.Bytes(3));
        await files.StoreAsync(new NewSystemArtifact("TEST", "export.csv", null), content, CancellationToken.None);

        var result = await CheckAsync(deep: true);

        Assert.Empty(result.Findings);
        Assert.Equal(4, result.Tally.Files);
    }

    [Fact]
    public async Task No_other_table_than_those_that_are_asked_owns_a_place_in_the_store() => Assert.Equal(
        "blob.location erasure.location system_artifact.location system_artifact.stage upload.claim_staged upload.location upload.staged",
        await host.Testing.QueryAsync("""
            SELECT string_agg(table_name || '.' || column_name, ' ' ORDER BY table_name, column_name)
            FROM information_schema.columns WHERE table_schema = 'public' AND (column_name LIKE '%location%' OR column_name LIKE '%stage%')
            """));

    [Fact]
    public async Task A_blob_whose_bytes_are_queued_for_erasing_is_found()
    {
        await host.Testing.QueryAsync($"INSERT INTO erasure SELECT location, size, harbor_now() + interval '1 day' FROM blob WHERE digest = {Sql(Layer)}");

        var finding = Assert.Single((await CheckAsync()).Findings);

        Assert.Equal((FindingKind.Doomed, Layer.Value), (finding.Kind, finding.Digest));
    }

    [Theory]
    [InlineData("UPDATE manifest SET content = set_byte(content, 10, get_byte(content, 10) # 1)", true, FindingKind.ManifestCorrupt)]
    [InlineData("UPDATE manifest SET content = substr(content, 2)", false, FindingKind.ManifestCorrupt)]
    [InlineData("DELETE FROM manifest", false, FindingKind.ManifestMissing)]
    public async Task A_manifest_that_is_not_what_was_pushed_is_found(string damage, bool deep, FindingKind kind)
    {
        await host.Testing.QueryAsync(damage);

        var finding = Assert.Single((await CheckAsync(deep)).Findings);

        Assert.Equal((kind, Image.Manifest.Digest.Value), (finding.Kind, finding.Digest));
        Assert.Equal(["library/web"], finding.Repositories);
    }

    [Fact]
    public async Task Storage_of_another_database_is_told_and_never_changed()
    {
        File.Delete(PathOf(InstanceMarker.FileName));
        File.Delete(await FileAsync(Layer));

        Assert.Equal([FindingKind.ForeignStorage, FindingKind.Missing], (await CheckAsync()).Findings.Select(finding => finding.Kind));
        await Assert.ThrowsAsync<FsckException>(() => RunAsync(new FsckOptions { Repair = true }));
        await Assert.ThrowsAsync<FsckException>(() => RunAsync(new FsckOptions { EraseOrphans = true }));
        Assert.Equal([FindingKind.ForeignStorage, FindingKind.Missing], (await CheckAsync()).Findings.Select(finding => finding.Kind));
    }

    [Fact]
    public async Task More_rows_and_files_than_one_batch_holds_are_all_looked_at()
    {
        await host.Testing.QueryAsync("""
            INSERT INTO blob (digest, size, location, pushed_at)
            SELECT '\x01' || sha256(number::text::bytea), 1, 'uploads/00/' || number, now() FROM generate_series(1, 2500) AS number
            """);
        for (var number = 1; number <= 2500; number++)
        {
            await File.WriteAllTextAsync(PathOf($"uploads/00/{number}"), "1", CancellationToken.None);
        }

        var result = await CheckAsync();

        Assert.Empty(result.Findings);
        Assert.Equal((2503, 2503), (result.Tally.Blobs, result.Tally.Files));
    }

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync(services => services.AddFsck());
        repository = await host.RepositoryAsync();
        foreach (var blob in Image.Blobs)
        {
            await host.UploadAsync(repository, blob);
        }

        await host.PushAsync(repository, Image.Manifest, "latest");
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    internal static async Task FlipAsync(string path)
    {
        var content = await File.ReadAllBytesAsync(path, CancellationToken.None);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, content, CancellationToken.None);
    }

    private static string Sql(Digest digest) => $"'\\x{Convert.ToHexString(digest.ToBytes())}'";

    private Task<Checked> CheckAsync(bool deep = false) => RunAsync(new FsckOptions { Deep = deep });

    private Task<Checked> RunAsync(FsckOptions options) => Checked.RunAsync(host.Get<ConsistencyCheck>(), options);

    private string PathOf(string location) => Path.Combine(host.StorageDirectory, location);

    private async Task<string> LocationAsync(Digest digest) => (string)(await host.Testing.QueryAsync($"SELECT location FROM blob WHERE digest = {Sql(digest)}"))!;

    private async Task<string> FileAsync(Digest digest) => PathOf(await LocationAsync(digest));
}
