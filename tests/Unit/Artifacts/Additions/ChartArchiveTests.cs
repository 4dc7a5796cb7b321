using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Harbor.Modules.Artifacts.Additions;
using Harbor.Modules.Artifacts.Archives;
using Harbor.Oci;
using Harbor.Unit.Artifacts.Archives;
using Xunit;

namespace Harbor.Unit.Artifacts.Additions;

public sealed class ChartArchiveTests
{
    private const int MaxBytes = 4 << 20;

    [Fact]
    public async Task Files_of_the_chart_are_found_in_any_case_and_not_those_of_the_charts_in_it()
    {
        var found = await ReadAsync(Packed(
            ("web/charts/db/values.yaml", "inner"), ("values.yaml", "outside"), ("web/VALUES.yaml", "a: 1"), ("web/values.yaml", "later"), ("./web/README.MD", "# Web")),
            "values.yaml", "readme.md", "chart.yaml");

        Assert.Equal([("readme.md", "# Web"), ("values.yaml", "a: 1")], found);
    }

    [Fact]
    public async Task Nothing_is_read_beyond_what_is_asked_for()
    {
        var archive = new MemoryBlob(Packed(("web/values.yaml", "a: 1"), ("web/noise", Noise(2 << 20))));

        await ChartArchive.ReadAsync(archive, ["values.yaml"], MaxBytes, CancellationToken.None);

        Assert.InRange(archive.BytesRead, 1, 64 << 10);
    }

    [Fact]
    public async Task A_bomb_is_refused_after_a_fraction_of_what_it_unfolds_to()
    {
        // What is asked for would come last, so that all the rest has to be passed over.
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(TarScannerTests.Pack(TarEntryFormat.Ustar, [.. Enumerable.Repeat(("web/zeros", new string('\0', 4 << 20)), 30), ("web/readme.md", "x")]));
        }

        var archive = new MemoryBlob(bomb.ToArray());
        var refused = await Assert.ThrowsAsync<RegistryException>(() => ChartArchive.ReadAsync(archive, ["readme.md"], MaxBytes, CancellationToken.None));

        Assert.Equal(ErrorCode.RequestEntityTooLarge, refused.Code);
        Assert.InRange(archive.BytesRead, 1, archive.Length / 10);
    }

    [Fact]
    public async Task An_archive_that_is_large_without_being_a_bomb_is_refused_too()
    {
        var archive = Packed([.. Enumerable.Range(0, 9).Select(n => ($"web/{n}", Noise(8 << 20, n)))]);
        var refused = await Assert.ThrowsAsync<RegistryException>(() => ReadAsync(archive, "values.yaml"));

        Assert.Equal(ErrorCode.RequestEntityTooLarge, refused.Code);
        Assert.True(InflatedStream.MaxBytes < 9 << 23);
    }

    [Fact]
    public async Task What_is_not_gzip_is_refused()
    {
        foreach (var content in (byte[][])["no gzip at all"u8.ToArray(), Packed(("web/values.yaml", Noise(5000)))[..2000], [.. Packed(("web/values.yaml", "x"))[..12], 1, 2, 3, 4, 5, 6, 7, 8]])
        {
            var refused = await Assert.ThrowsAsync<RegistryException>(() => ReadAsync(content, "values.yaml"));

            Assert.Equal(ErrorCode.BadRequest, refused.Code);
        }
    }

    [Fact]
    public void The_chart_is_the_layer_of_its_type_and_not_its_provenance()
    {
        var (provenance, chart, other) = (Layer("application/vnd.cncf.helm.chart.provenance.v1.prov", "p"), Layer("application/vnd.cncf.helm.chart.content.v1.tar+gzip", "c"), Layer("application/tar+gzip", "o"));

        Assert.Equal(chart, ChartArchive.LayerOf(Chart(provenance, chart)));
        Assert.Equal(other, ChartArchive.LayerOf(Chart(provenance, other)));
        Assert.Null(ChartArchive.LayerOf(Chart(provenance)));
    }

    private static Manifest Chart(params Descriptor[] layers) => new(MediaTypes.OciManifest, null, Layer("application/vnd.cncf.helm.config.v1+json", "config"), layers, [], null, null);

    private static Descriptor Layer(string mediaType, string content) => new(mediaType, Digest.Of(Encoding.UTF8.GetBytes(content)), 1, null, [], null, null);

    private static byte[] Packed(params (string Name, string Content)[] files)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(TarScannerTests.Pack(TarEntryFormat.Pax, files));
        }

        return packed.ToArray();
    }

    private static string Noise(int length, int seed = 1)
    {
#pragma warning disable CA5394 // Repeatable, not secret.
        var random = new Random(seed);
        return string.Create(length, random, (span, source) =>
        {
            for (var at = 0; at < span.Length; at++)
            {
                span[at] = (char)source.Next(' ', '~');
            }
        });
#pragma warning restore CA5394
    }

    private static async Task<List<(string, string)>> ReadAsync(byte[] archive, params string[] names) =>
        [.. (await ChartArchive.ReadAsync(new MemoryBlob(archive), names, MaxBytes, CancellationToken.None))
            .Select(file => (file.Key, Encoding.UTF8.GetString(file.Value))).OrderBy(file => file.Key, StringComparer.Ordinal)];
}
