using System.Net;
using System.Text;
using Harbor.Conformance.Registry;
using Xunit;

namespace Harbor.Conformance.Clients;

/// <summary>A chart as <c>helm push</c> and <c>helm pull</c> move it: requests and media types are helm's.</summary>
public sealed class HelmChartTests(SharedHarbor shared)
{
    private const string ConfigType = "application/vnd.cncf.helm.config.v1+json";
    private const string ChartType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    private const string ProvenanceType = "application/vnd.cncf.helm.chart.provenance.v1.prov";

    [Fact]
    public async Task A_chart_is_pushed_listed_as_one_and_comes_back_byte_for_byte()
    {
        var repository = (await shared.RepositoryAsync()).Beside("demo");
        var config = await UploadAsync(repository, ConfigType, Encoding.UTF8.GetBytes("""{"name":"demo","version":"0.1.0+build.5","description":"A \u00e4 chart","apiVersion":"v2","appVersion":"1.16.0","type":"application"}"""));
        var chart = await UploadAsync(repository, ChartType, Content.Random(100_000));
        var provenance = await UploadAsync(repository, ProvenanceType, "-----BEGIN PGP SIGNED MESSAGE-----"u8.ToArray());
        var manifest = Manifests.Image(
            config, [chart, provenance], "\"annotations\":{\"org.opencontainers.image.title\":\"demo\",\"org.opencontainers.image.version\":\"0.1.0+build.5\"}");

        // helm writes the plus of a version, which no tag may have, as an underscore.
        await repository.PushManifestAsync("0.1.0_build.5", manifest);

        var pulled = (await repository.GetAsync("manifests/0.1.0_build.5")).Is(HttpStatusCode.OK);
        Assert.Equal(manifest.Bytes, pulled.Body);
        foreach (var blob in new[] { config, chart, provenance })
        {
            Assert.Equal(blob.Bytes, (await repository.GetAsync($"blobs/{blob.Digest}")).Is(HttpStatusCode.OK).Body);
        }

        var shown = (await repository.GetAsync($"/api/v2.0/projects/{repository.Project}/repositories/demo/artifacts/0.1.0_build.5")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("CHART", ConfigType), (shown.GetProperty("type").GetString(), shown.GetProperty("media_type").GetString()));
        Assert.Equal("0.1.0+build.5", shown.GetProperty("extra_attrs").GetProperty("version").GetString());
        Assert.Equal("demo", shown.GetProperty("annotations").GetProperty("org.opencontainers.image.title").GetString());
        await Accounts.CheckAsync(shared.Harbor);
    }

    // HEAD, POST, PUT: the way of ORAS, which helm is built on.
    private static async Task<Content> UploadAsync(TestRepository repository, string mediaType, byte[] bytes)
    {
        var content = Content.Of(mediaType, bytes);
        (await repository.HeadAsync($"blobs/{content.Digest}")).Is(HttpStatusCode.NotFound);
        (await repository.FinishAsync(await repository.StartUploadAsync(), content.Digest, bytes)).Is(HttpStatusCode.Created);
        return content;
    }
}
