using System.Text;
using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Oci;
using Xunit;

namespace Harbor.Integration.Artifacts;

/// <summary>Parts of artifacts that are shown without pulling them.</summary>
public sealed class AdditionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Json = "application/json; charset=utf-8";
    private const string Text = "text/plain; charset=utf-8";
    private const string Markdown = "text/markdown; charset=utf-8";
    private const string ModelConfig = "application/vnd.cncf.model.config.v1+json";
    private const string RawDocument = "application/vnd.cncf.model.doc.v1.raw";
    private const string TarDocument = "application/vnd.cncf.model.doc.v1.tar";

    private static readonly byte[] Chart = Packed.Gzip(Packed.Tar(
        ("web/Chart.yaml", "apiVersion: v2\nname: web\ndependencies:\n- name: db\n  version: 1.x\n  repository: oci://example.com/charts\n"),
        ("web/values.yaml", "replicas: 1\n"), ("web/README.md", "# Web\n"), ("web/charts/db/values.yaml", "not: this\n")));

    [Fact]
    public async Task A_chart_shows_its_values_its_readme_and_what_it_depends_on()
    {
        using var charts = await RepositoryAsync("deep/web");
        await charts.Registry.PushChartAsync("v1", Chart);

        Assert.Equal((200, Text, "replicas: 1\n"), await GetAsync(charts, "v1", "values.yaml"));
        Assert.Equal((200, Text, "replicas: 1\n"), await GetAsync(charts, "v1", "VALUES.yaml"));
        Assert.Equal((200, Markdown, "# Web\n"), await GetAsync(charts, "v1", "readme.md"));
        Assert.Equal((200, Json, """[{"name":"db","version":"1.x","repository":"oci://example.com/charts"}]"""), await GetAsync(charts, "v1", "dependencies"));
    }

    [Fact]
    public async Task An_old_chart_without_a_readme_shows_an_empty_one_and_the_dependencies_of_their_own_file()
    {
        using var charts = await RepositoryAsync();
        await charts.Registry.PushChartAsync("v1", Packed.Gzip(Packed.Tar(
            ("web/Chart.yaml", "apiVersion: v1\nname: web\n"), ("web/requirements.yaml", "dependencies: [{name: db, repository: 'https://example.com'}]"))));

        Assert.Equal((200, Markdown, ""), await GetAsync(charts, "v1", "readme.md"));
        Assert.Equal((200, Json, """[{"name":"db","repository":"https://example.com"}]"""), await GetAsync(charts, "v1", "dependencies"));
    }

    [Fact]
    public async Task An_image_shows_how_it_was_built()
    {
        using var images = await RepositoryAsync();
        await PushImageAsync(images, "v1", """{"architecture":"amd64","os":"linux","history":[{"created_by":"RUN make"},{"empty_layer":true}]}""");
        await PushImageAsync(images, "plain", """{"architecture":"amd64","os":"linux"}""");

        Assert.Equal((200, Json, """[{"created_by":"RUN make"},{"empty_layer":true}]"""), await GetAsync(images, "v1", "build_history"));
        Assert.Equal((200, Json, "null"), await GetAsync(images, "plain", "build_history"));
    }

    [Fact]
    public async Task A_model_shows_its_documents_and_the_tree_of_its_files()
    {
        using var models = await RepositoryAsync();
        await PushModelAsync(models, "v1",
            (RawDocument, "# Model"u8.ToArray(), "README.md"), (TarDocument, Packed.Tar(("LICENSE", "free"), ("NOTICE", " as in speech")), "LICENSE"),
            ("application/vnd.cncf.model.weight.v1.raw", TestImage.Bytes(1, 70), "weights/model.bin"));
        await PushModelAsync(models, "bare", ("application/vnd.cncf.model.weight.v1.raw", TestImage.Bytes(2, 70), "README.md"));

        Assert.Equal((200, Markdown, "# Model"), await GetAsync(models, "v1", "readme.md"));
        Assert.Equal((200, Text, "free as in speech"), await GetAsync(models, "v1", "license"));
        var tree = JsonNode.Parse((await GetAsync(models, "v1", "files")).Body)!;
        Assert.Equal(["weights", "LICENSE", "README.md"], tree.Names());
        Assert.Equal("""[{"name":"model.bin","type":"file","size":70}]""", tree[0]!["children"]!.ToJsonString());
        Assert.Equal((404, 404), ((await GetAsync(models, "bare", "readme.md")).Status, (await GetAsync(models, "bare", "license")).Status));
    }

    [Fact]
    public async Task A_document_above_four_megabytes_is_too_large()
    {
        using var models = await RepositoryAsync();
        await PushModelAsync(models, "v1", (RawDocument, new byte[(4 << 20) + 1], "README.md"), (TarDocument, Packed.Tar(("LICENSE", new string('x', (4 << 20) + 1))), "LICENSE"));

        Assert.Equal((413, 413), ((await GetAsync(models, "v1", "readme.md")).Status, (await GetAsync(models, "v1", "license")).Status));
    }

    [Fact]
    public async Task An_sbom_is_its_one_layer_as_it_is()
    {
        using var images = await RepositoryAsync();
        var sbom = """{"spdxVersion":"SPDX-2.3"}"""u8.ToArray();
        var one = await images.Registry.PushAsync("sbom", (Packed.SbomType, "{}"u8.ToArray()), [("text/spdx+json", sbom, null)]);
        await images.Registry.PushAsync("two", (Packed.SbomType, "{}"u8.ToArray()), [("text/spdx+json", sbom, null), ("text/spdx+json", "{}"u8.ToArray(), null)]);

        Assert.Equal((200, Packed.SbomType, Encoding.UTF8.GetString(sbom)), await GetAsync(images, one.Digest.Value, "sbom"));
        Assert.Equal(404, (await GetAsync(images, "two", "sbom")).Status);
    }

    [Fact]
    public async Task What_an_artifact_links_to_is_served_and_nothing_else()
    {
        using var all = await RepositoryAsync("deep/er/all");
        await all.Registry.PushChartAsync("chart", Chart);
        await PushImageAsync(all, "image", "{}");
        await PushModelAsync(all, "model", (RawDocument, "r"u8.ToArray(), "README.md"), (RawDocument, "l"u8.ToArray(), "LICENSE.txt"));
        await all.Registry.PushAsync(TestManifest.Index(), "index");
        await all.Registry.PushAsync("vendor", ("application/vnd.acme.rocket.config.v1+json", "{}"u8.ToArray()), []);
        await all.Registry.PushAsync("impostor", ("application/vnd.acme.image.config.v1+json", "{}"u8.ToArray()), []);

        var links = (await api.Admin.JsonAsync(all.Artifacts)).AsArray().ToDictionary(
            artifact => (string)artifact!["tags"]![0]!["name"]!,
            artifact => artifact!["addition_links"]?.AsObject().ToDictionary(link => link.Key, link => (string)link.Value!["href"]!) ?? []);

        Assert.Equal(
            ["chart: dependencies readme.md values.yaml", "image: build_history", "impostor:", "index:", "model: files license readme.md", "vendor:"],
            links.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => $"{each.Key}: {string.Join(' ', each.Value.Keys.Order(StringComparer.Ordinal))}".TrimEnd()));
        foreach (var href in links.Values.SelectMany(each => each.Values))
        {
            using var answer = await api.Admin.GetAsync(href);
            Assert.True(answer.IsSuccessStatusCode, href);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        }

        Assert.Contains("addition VALUES.YAML isn't supported for IMAGE", (await GetAsync(all, "image", "values.yaml")).Body, StringComparison.Ordinal);
        Assert.Contains("addition BUILD_HISTORY isn't supported for IMAGE", (await GetAsync(all, "index", "build_history")).Body, StringComparison.Ordinal);
        Assert.Contains("the processor for artifact ROCKET not found, cannot get the addition", (await GetAsync(all, "vendor", "files")).Body, StringComparison.Ordinal);
        Assert.Contains("the processor for artifact IMAGE not found", (await GetAsync(all, "impostor", "build_history")).Body, StringComparison.Ordinal);
        foreach (var (tag, addition) in (IEnumerable<(string, string)>)[("image", "values.yaml"), ("index", "build_history"), ("vendor", "files"), ("chart", "%2E%2E%2Fx"), ("chart", new string('x', 5000))])
        {
            Assert.Equal(400, (await GetAsync(all, tag, addition)).Status);
        }
    }

    [Theory]
    [InlineData("missing", "values.yaml")]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000", "values.yaml")]
    public async Task Of_what_is_not_there_nothing_is_shown(string reference, string addition)
    {
        using var charts = await RepositoryAsync();

        Assert.Equal(404, (await GetAsync(charts, reference, addition)).Status);
    }

    [Fact]
    public async Task A_chart_of_one_project_is_not_shown_through_another_or_to_a_stranger()
    {
        using var theirs = await RepositoryAsync();
        using var ours = await RepositoryAsync();
        var chart = await theirs.Registry.PushChartAsync("v1", Chart);
        var (_, _, stranger) = await api.UserAsync();

        Assert.Equal(404, (await GetAsync(ours, chart.Digest.Value, "values.yaml")).Status);
        Assert.Equal(403, (await GetAsync(theirs, "v1", "values.yaml", stranger)).Status);
        Assert.Equal(401, (await GetAsync(theirs, "v1", "values.yaml", api.Anonymous)).Status);
    }

    [Fact]
    public async Task A_bomb_is_refused_and_the_server_goes_on()
    {
        using var charts = await RepositoryAsync();
        var zeros = new string('\0', 4 << 20);
        await charts.Registry.PushChartAsync("bomb", Packed.Gzip(Packed.Tar([.. Enumerable.Repeat(("web/zeros", zeros), 40), ("web/values.yaml", "a: 1")])));
        await charts.Registry.PushChartAsync("noise", TestImage.Bytes(3));
        await charts.Registry.PushChartAsync("yaml", Packed.Gzip(Packed.Tar(("web/Chart.yaml", new string('[', 100_000)))));
        await charts.Registry.PushChartAsync("v1", Chart);
        var before = GC.GetTotalAllocatedBytes();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ => (await GetAsync(charts, "bomb", "values.yaml")).Status));

        Assert.All(statuses, status => Assert.Equal(413, status));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
        Assert.Equal((400, 400), ((await GetAsync(charts, "noise", "values.yaml")).Status, (await GetAsync(charts, "yaml", "dependencies")).Status));
        Assert.Equal(200, (await GetAsync(charts, "v1", "values.yaml")).Status);
    }

    private static Task<TestManifest> PushImageAsync(ContentRepository repository, string tag, string config) =>
        repository.Registry.PushAsync(tag, (MediaTypes.OciConfig, Encoding.UTF8.GetBytes(config)), []);

    private static Task<TestManifest> PushModelAsync(ContentRepository repository, string tag, params (string Type, byte[] Content, string? Path)[] layers) =>
        repository.Registry.PushAsync(tag, (ModelConfig, "{}"u8.ToArray()), layers, Packed.ModelType);

    private async Task<(int Status, string? ContentType, string Body)> GetAsync(ContentRepository repository, string reference, string addition, HttpClient? client = null)
    {
        using var answer = await (client ?? api.Admin).GetAsync($"{repository.Artifacts}/{reference}/additions/{addition}");
        return ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString(), await answer.BodyAsync());
    }

    private async Task<ContentRepository> RepositoryAsync(string name = "web") => new(api.Harbor, await api.ProjectAsync(), name);
}
