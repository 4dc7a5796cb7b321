using System.Text.Json.Nodes;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Api;

public sealed class ArtifactTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task An_artifact_is_shown_with_exactly_these_fields()
    {
        var project = await api.ProjectAsync();
        var projectId = await api.ProjectIdAsync(project);
        var artifact = await api.ArtifactAsync(project, "team/web", ["v1"]);

        var shown = Assert.Single((await api.Admin.JsonAsync(Path(project, "team%252Fweb"))).AsArray())!;

        shown["push_time"] = "T";
        shown["tags"]![0]!["push_time"] = "T";
        var (repositoryId, tagId) = ((long)shown["repository_id"]!, (long)shown["tags"]![0]!["id"]!);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$$"""
            {"id":{{{artifact.Id}}},"type":"IMAGE","media_type":"application/vnd.oci.image.config.v1+json",
             "manifest_media_type":"application/vnd.oci.image.manifest.v1+json","artifact_type":"application/vnd.oci.image.config.v1+json",
             "project_id":{{{projectId}}},"repository_id":{{{repositoryId}}},"repository_name":"{{{project}}}/team/web","digest":"{{{artifact.Digest}}}","size":1000,
             "icon":"sha256:0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06","push_time":"T","pull_time":"0001-01-01T00:00:00.000Z",
             "extra_attrs":{"os":"linux","architecture":"amd64"},"annotations":{"made.by":"test"},"references":null,
             "tags":[{"id":{{{tagId}}},"repository_id":{{{repositoryId}}},"artifact_id":{{{artifact.Id}}},"name":"v1","push_time":"T","pull_time":"0001-01-01T00:00:00.000Z","immutable":false}],
             "addition_links":{"build_history":{"href":"/api/v2.0/projects/{{{project}}}/repositories/team%252Fweb/artifacts/{{{artifact.Digest}}}/additions/build_history","absolute":false}},
             "labels":null,"accessories":null}
            """), shown), shown.ToJsonString());
    }

    [Fact]
    public async Task The_list_has_what_is_tagged_or_stands_alone_and_no_accessories_the_newest_first()
    {
        var project = await api.ProjectAsync();
        var index = await api.ArtifactAsync(project, "web", ["v1"], minutesAgo: 1);
        var (part, taggedPart) = (await api.ArtifactAsync(project, "web", [], minutesAgo: 2), await api.ArtifactAsync(project, "web", ["arm"], minutesAgo: 3));
        var untagged = await api.ArtifactAsync(project, "web", [], minutesAgo: 4);
        var hidden = await api.ArtifactAsync(project, "web", ["old"], minutesAgo: 5);
        var signature = await api.ArtifactAsync(project, "web", ["sig"], minutesAgo: 0);
        await api.ChildAsync(index, part);
        await api.ChildAsync(index, taggedPart);
        await api.AccessoryAsync(signature, index);
        await api.HideAsync(hidden);

        Assert.Equal([index, taggedPart, untagged], await ListAsync(project, ""));
        Assert.Equal([index, part, taggedPart, untagged], await ListAsync(project, "?q=base%3D*"));
        Assert.Equal([index, taggedPart], await ListAsync(project, "?q=tags%3D*"));
        Assert.Equal([untagged], await ListAsync(project, "?q=tags%3Dnil"));
        Assert.Equal([untagged], await ListAsync(project, "?q=tags%253Dnil"));
        Assert.Equal([taggedPart], await ListAsync(project, "?q=tags%3Darm"));
        Assert.Equal([index], await ListAsync(project, "?q=tags%3D~v"));
        Assert.Empty(await ListAsync(project, "?q=tags%3D~V"));
        Assert.Empty(await ListAsync(project, "?q=labels%3D(1 2)"));
        Assert.Equal([untagged], await ListAsync(project, $"?q=digest%3D{untagged.Digest}"));
        Assert.Equal([untagged], await ListAsync(project, $"?q=digest%3D~{untagged.Digest.Hex[..12]}"));
        Assert.Empty(await ListAsync(project, "?q=digest%3Dsha256:zz"));
        Assert.Equal([taggedPart, untagged], await ListAsync(project, $"?q=id%3D{{{taggedPart.Id} {untagged.Id}}}"));
        Assert.Equal([untagged, taggedPart, index], await ListAsync(project, "?sort=push_time"));
        Assert.Equal(3, (await ListAsync(project, "?q=push_time%3D[2001-01-01T00:00:00~],type%3DIMAGE,nothing%3Dknown")).Length);
        await api.HideAsync(index);
        Assert.Equal([part, taggedPart, untagged], await ListAsync(project, ""));
    }

    [Theory]
    [InlineData("base%3Dx")]
    [InlineData("base%3D~*")]
    [InlineData("tags%3D[a~b]")]
    [InlineData("tags%3D{a b}")]
    [InlineData("labels%3D1")]
    [InlineData("labels%3D(a)")]
    [InlineData("id%3Dx")]
    [InlineData("size%3D[a~]")]
    [InlineData("push_time%3Dnow")]
    [InlineData("tags")]
    public async Task A_query_that_makes_no_sense_is_a_bad_request(string q)
    {
        var project = await api.ProjectAsync();
        await api.ArtifactAsync(project, "web", []);

        var (status, code, _) = await api.Admin.RefusalAsync($"{Path(project, "web")}?q={q}");

        Assert.Equal((400, "BAD_REQUEST"), (status, code));
    }

    [Fact]
    public async Task Of_a_repository_that_is_not_there_the_list_is_empty()
    {
        var project = await api.ProjectAsync();

        Assert.Empty((await api.Admin.JsonAsync(Path(project, "nothing"))).AsArray());
        Assert.Empty((await api.Admin.JsonAsync(Path(project, "NO%20NAME%2500"))).AsArray());
    }

    [Fact]
    public async Task Details_come_as_they_are_asked_for()
    {
        var project = await api.ProjectAsync();
        var index = await api.ArtifactAsync(project, "web", ["v1", "v2"]);
        var part = await api.ArtifactAsync(project, "web", []);
        var signature = await api.ArtifactAsync(project, "web", [], size: 77);
        var goneSignature = await api.ArtifactAsync(project, "web", []);
        await api.ChildAsync(index, part);
        await api.AccessoryAsync(signature, index);
        await api.AccessoryAsync(goneSignature, index);
        await api.HideAsync(goneSignature);

        var plain = (await GetAsync(project, index.Digest.Value)).AsObject();
        Assert.Equal(
            $$"""[{"parent_id":{{index.Id}},"child_id":{{part.Id}},"child_digest":"{{part.Digest}}","platform":{"architecture":"arm64","os":"linux","OsFeatures":null,"variant":"v8"},"urls":null}]""",
            plain["references"]!.ToJsonString());
        Assert.Equal((2, null), (plain["tags"]!.AsArray().Count, plain["accessories"]));

        var bare = (await GetAsync(project, $"{index.Digest}?with_tag=false")).AsObject();
        Assert.True(bare.ContainsKey("tags") && bare["tags"] is null && bare["references"] is not null);

        var accessory = Assert.Single((await GetAsync(project, "v1?with_accessory=true"))["accessories"]!.AsArray())!;
        accessory["creation_time"] = "T";
        Assert.Equal(
            $$"""{"id":{{signature.Id}},"artifact_id":{{signature.Id}},"subject_artifact_id":{{index.Id}},"subject_artifact_digest":"{{index.Digest}}","subject_artifact_repo":"{{project}}/web","size":77,"digest":"{{signature.Digest}}","type":"signature.cosign","icon":"sha256:20401d5b3a0f6dbc607c8d732eb08471af4ae6b19811a4efce8c6a724aed2882","creation_time":"T"}""",
            accessory.ToJsonString());

        var inherited = await GetAsync(project, $"{part.Digest}?with_inherited_accessory=true");
        Assert.Equal([signature.Digest.Value], inherited["inherited_accessories"]!.Names("digest"));
        await api.AccessoryAsync(await api.ArtifactAsync(project, "web", []), part, "signature.notation");
        Assert.False((await GetAsync(project, $"{part.Digest}?with_inherited_accessory=true")).AsObject().ContainsKey("inherited_accessories"));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha256:short")]
    [InlineData("..%252F..")]
    [InlineData("'%20OR%20'1'='1")]
    [InlineData("%C3%A9")]
    public async Task A_reference_that_names_nothing_is_not_found(string reference)
    {
        var project = await api.ProjectAsync();
        await api.ArtifactAsync(project, "web", ["v1"]);

        Assert.Equal(404, (await api.Admin.RefusalAsync($"{Path(project, "web")}/{reference}")).Status);
    }

    [Fact]
    public async Task A_missing_artifact_is_named_in_the_refusal()
    {
        var project = await api.ProjectAsync();
        var artifact = await api.ArtifactAsync(project, "web", ["v1"]);
        await api.HideAsync(artifact);

        Assert.Equal((404, "NOT_FOUND", $"artifact {project}/web:v9 not found"), await api.Admin.RefusalAsync($"{Path(project, "web")}/v9"));
        Assert.Equal((404, "NOT_FOUND", $"artifact {project}/web@{artifact.Digest} not found"), await api.Admin.RefusalAsync($"{Path(project, "web")}/{artifact.Digest}"));
        Assert.Equal(404, (await api.Admin.RefusalAsync($"{Path(project, "nothing")}/v1")).Status);
        Assert.Equal(404, (await api.Admin.RefusalAsync($"{Path(project, "web")}/v9/tags")).Status);
        Assert.Equal(404, (await api.Admin.RefusalAsync($"{Path(project, "web")}/v9/accessories")).Status);
    }

    [Fact]
    public async Task Tags_of_an_artifact_are_listed_filtered_and_paged()
    {
        var project = await api.ProjectAsync();
        var artifact = await api.ArtifactAsync(project, "web", []);
        await api.ArtifactAsync(project, "web", ["other"]);
        foreach (var (tag, age) in (IEnumerable<(string, int)>)[("a_1", 3), ("b", 1), ("a2", 2)])
        {
            await api.TagAsync(artifact, tag, age);
        }

        Assert.Equal(["b", "a2", "a_1"], await TagsAsync(""));
        Assert.Equal(["a2", "a_1", "b"], await TagsAsync("?sort=name&with_immutable_status=true"));
        Assert.Equal(["a_1"], await TagsAsync("?q=name%3D~A_"));
        Assert.Equal(["a2"], await TagsAsync("?page=2&page_size=1"));
        using var page = await api.Admin.CallAsync(HttpMethod.Get, $"{Path(project, "web")}/{artifact.Digest}/tags?page_size=2");
        Assert.Equal("3", page.Headers.GetValues("X-Total-Count").Single());
        Assert.Equal($"<{Path(project, "web")}/{artifact.Digest}/tags?page=2&page_size=2>; rel=\"next\"", page.Headers.GetValues("Link").Single());

        async Task<IEnumerable<string>> TagsAsync(string query) => (await api.Admin.JsonAsync($"{Path(project, "web")}/b/tags{query}")).Names();
    }

    [Fact]
    public async Task Accessories_of_an_artifact_are_listed_and_filtered()
    {
        var project = await api.ProjectAsync();
        var subject = await api.ArtifactAsync(project, "web", ["v1"]);
        var (signature, sbom) = (await api.ArtifactAsync(project, "web", []), await api.ArtifactAsync(project, "web", []));
        await api.AccessoryAsync(signature, subject);
        await api.AccessoryAsync(sbom, subject, "sbom.harbor");
        var path = $"{Path(project, "web")}/v1/accessories";

        Assert.Equal(2, (await api.Admin.JsonAsync(path)).AsArray().Count);
        Assert.Equal([sbom.Digest.Value], (await api.Admin.JsonAsync($"{path}?q=type%3Dsbom.harbor")).Names("digest"));
        Assert.Equal([signature.Digest.Value], (await api.Admin.JsonAsync($"{path}?q=digest%3D{signature.Digest}")).Names("digest"));
        Assert.Empty((await api.Admin.JsonAsync($"{Path(project, "web")}/{sbom.Digest}/accessories")).AsArray());
    }

    [Fact]
    public async Task Artifacts_of_a_whole_project_are_listed_and_the_newest_of_each_repository()
    {
        var project = await api.ProjectAsync();
        var (oldWeb, newWeb) = (await api.ArtifactAsync(project, "web", ["v1"], minutesAgo: 5), await api.ArtifactAsync(project, "web", ["v2"], minutesAgo: 3));
        var chart = await api.ArtifactAsync(project, "chart", ["v1"], minutesAgo: 4);
        await api.ArtifactAsync(await api.ProjectAsync(), "web", ["v1"]);
        var path = $"/api/v2.0/projects/{project}/artifacts";
        const string type = "artifact_type%3Dapplication/vnd.oci.image.config.v1%252Bjson";

        Assert.Equal([newWeb, chart, oldWeb], await DigestsAsync(path));
        Assert.Equal([newWeb, chart, oldWeb], await DigestsAsync($"/api/v2.0/projects/{await api.ProjectIdAsync(project)}/artifacts"));
        Assert.Equal([newWeb, chart], await DigestsAsync($"{path}?latest_in_repository=true&q={type}"));
        Assert.Equal(400, (await api.Admin.RefusalAsync($"{path}?latest_in_repository=true")).Status);
        Assert.Equal(400, (await api.Admin.RefusalAsync($"{path}?latest_in_repository=true&q={type},media_type%3Dx")).Status);
        Assert.Equal(400, (await api.Admin.RefusalAsync($"{path}?latest_in_repository=true&q=artifact_type%3D~x")).Status);
        Assert.Equal(401, (await api.Anonymous.RefusalAsync("/api/v2.0/projects/library/artifacts")).Status);
    }

    [Fact]
    public async Task More_tags_than_anybody_reads_are_cut_off()
    {
        var project = await api.ProjectAsync();
        var artifact = await api.ArtifactAsync(project, "web", []);
        await api.Harbor.Database.QueryAsync($"""
            INSERT INTO tag (repository_id, name, artifact_id, push_time)
            SELECT repository_id, 'v' || n, id, now() - n * interval '1 second' FROM artifact, generate_series(1, 1200) AS n WHERE id = {artifact.Id}
            """);

        var shown = (await GetAsync(project, artifact.Digest.Value))["tags"]!.Names().ToList();

        Assert.Equal((1000, "v1"), (shown.Count, shown[0]));
    }

    [Fact]
    public async Task However_many_artifacts_are_listed_it_takes_the_same_statements()
    {
        var project = await api.ProjectAsync();
        var part = await api.ArtifactAsync(project, "web", []);
        for (var each = 0; each < 8; each++)
        {
            var artifact = await api.ArtifactAsync(project, "web", [$"v{each}", $"w{each}"]);
            await api.ChildAsync(artifact, part);
            await api.AccessoryAsync(await api.ArtifactAsync(project, "web", []), artifact);
        }

        var path = $"{Path(project, "web")}?with_accessory=true&with_inherited_accessory=true&with_tag=true";
        await api.Admin.JsonAsync(path);
        using var statements = new SqlStatements(api.Harbor);
        await api.Admin.JsonAsync($"{path}&page_size=1&page=2");
        var few = statements.Take();
        await api.Admin.JsonAsync($"{path}&page_size=7&page=1");
        var many = statements.Take();

        // Rows; their number; references, tags, accessories and inherited ones together.
        Assert.Equal((3, 3), (few.Count, many.Count));
    }

    private static string Path(string project, string repository) => $"/api/v2.0/projects/{project}/repositories/{repository}/artifacts";

    private Task<JsonNode> GetAsync(string project, string reference) => api.Admin.JsonAsync($"{Path(project, "web")}/{reference}");

    private Task<SeededArtifact[]> ListAsync(string project, string query) => DigestsAsync(Path(project, "web") + query);

    private async Task<SeededArtifact[]> DigestsAsync(string path) =>
        [.. (await api.Admin.JsonAsync(path)).AsArray().Select(each => new SeededArtifact((long)each!["id"]!, Oci.Digest.Parse((string)each["digest"]!)))];
}
