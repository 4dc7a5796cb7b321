using System.Net;
using System.Text.Json.Nodes;
using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Integration.Api;

public sealed class ProjectMetadataTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_setting_is_added_changed_shown_and_taken_away()
    {
        var project = await api.ProjectAsync();
        var path = Path(project);

        Assert.Equal((200, ""), await CallAsync(HttpMethod.Post, path, """{"auto_scan":"T"}"""));
        Assert.Equal("""{"auto_scan":"true"}""", (await api.Admin.JsonAsync($"{path}/auto_scan")).ToJsonString());
        Assert.Equal("""{"auto_scan":"true","public":"false"}""", await AllAsync(project));
        Assert.Equal((200, ""), await CallAsync(HttpMethod.Put, $"{path}/auto_scan", """{"auto_scan":"0"}"""));
        Assert.Equal("false", (string)(await api.Admin.JsonAsync($"/api/v2.0/projects/{project}"))["metadata"]!["auto_scan"]!);
        Assert.Equal((200, ""), await CallAsync(HttpMethod.Delete, $"{path}/auto_scan"));
        Assert.Equal("{}", (await api.Admin.JsonAsync($"{path}/auto_scan")).ToJsonString());
        Assert.Equal((200, ""), await CallAsync(HttpMethod.Delete, $"{path}/auto_scan"));
        Assert.Equal("{}", (await api.Admin.JsonAsync($"{path}/never-heard-of")).ToJsonString());
        Assert.Equal("""{"public":"false"}""", await AllAsync(project));
    }

    [Fact]
    public async Task What_is_set_already_cannot_be_added_and_what_is_not_set_is_not_changed()
    {
        var project = await api.ProjectAsync();
        using var again = await api.Admin.CallTextAsync(HttpMethod.Post, Path(project), """{"public":"true"}""");
        using var unset = await api.Admin.CallTextAsync(HttpMethod.Put, $"{Path(project)}/severity", """{"severity":"low"}""");

        Assert.Equal((409, "CONFLICT", "the metadata public exists already"), await again.RefusalAsync());
        Assert.Equal(HttpStatusCode.OK, unset.StatusCode);
        Assert.Equal("""{"public":"false"}""", await AllAsync(project));
    }

    [Theory]
    [InlineData("POST", "", """{"auto_scan":"true","prevent_vul":"true"}""", 400)]
    [InlineData("POST", "", "{}", 400)]
    [InlineData("POST", "", "", 400)]
    [InlineData("POST", "", "null", 400)]
    [InlineData("POST", "", """{"auto_scan":null}""", 400)]
    [InlineData("POST", "", """{"auto_scan":"maybe"}""", 400)]
    [InlineData("POST", "", """{"severity":"dire"}""", 400)]
    [InlineData("POST", "", """{"max_upstream_conn":"0"}""", 400)]
    [InlineData("POST", "", """{"retention_id":"1"}""", 400)]
    [InlineData("POST", "", """{"projectScanner":"x"}""", 400)]
    [InlineData("POST", "", """{"proxy_cache_filter_pattern":"**"}""", 400)]
    [InlineData("POST", "", """{"owner_id":"1"}""", 400)]
    [InlineData("POST", "", """{"\u0000":"1"}""", 400)]
    [InlineData("POST", "", """{"größe'; DROP TABLE project; --":"1"}""", 400)]
    [InlineData("POST", "", """{"auto_scan":true}""", 422)]
    [InlineData("POST", "", """["auto_scan"]""", 422)]
    [InlineData("POST", "", "{", 422)]
    [InlineData("PUT", "/public", """{"auto_scan":"true"}""", 400)]
    [InlineData("PUT", "/public", """{"public":"true","auto_scan":"true"}""", 400)]
    [InlineData("PUT", "/public", """{"public":""}""", 400)]
    [InlineData("PUT", "/public", "", 400)]
    [InlineData("PUT", "/retention_id", """{"retention_id":"1"}""", 400)]
    [InlineData("PUT", "/nothing", """{"nothing":"1"}""", 400)]
    [InlineData("DELETE", "/retention_id", "", 400)]
    [InlineData("DELETE", "/projectScanner", "", 400)]
    [InlineData("DELETE", "/proxy_cache_filter_kind", "", 400)]
    public async Task A_change_that_makes_no_sense_is_refused_and_changes_nothing(string method, string key, string body, int status)
    {
        var project = await api.ProjectAsync();

        using var refused = await api.Admin.CallTextAsync(new HttpMethod(method), Path(project) + key, body);

        Assert.Equal(status, (await refused.RefusalAsync()).Status);
        Assert.Equal("""{"public":"false"}""", await AllAsync(project));
    }

    [Theory]
    [InlineData("'%3B DROP TABLE project_metadata%3B --")]
    [InlineData("%25")]
    [InlineData("_ublic")]
    [InlineData("gr%C3%B6%C3%9Fe%F0%9F%98%80")]
    [InlineData("PUBLIC")]
    public async Task A_key_is_only_ever_a_text(string key)
    {
        var project = await api.ProjectAsync();

        Assert.Equal("{}", (await api.Admin.JsonAsync($"{Path(project)}/{key}")).ToJsonString());
        Assert.Equal((200, ""), await CallAsync(HttpMethod.Delete, $"{Path(project)}/{key}"));
        Assert.Equal("""{"public":"false"}""", await AllAsync(project));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Being_public_begins_and_ends_at_once(string end)
    {
        var project = await api.ProjectAsync();
        Assert.Equal(401, (await api.Anonymous.RefusalAsync($"/api/v2.0/projects/{project}")).Status);

        await CallAsync(HttpMethod.Put, $"{Path(project)}/public", """{"public":"true"}""");
        await api.Anonymous.JsonAsync($"/api/v2.0/projects/{project}");
        await CallAsync(new HttpMethod(end), $"{Path(project)}/public", """{"public":"false"}""");

        Assert.Equal(401, (await api.Anonymous.RefusalAsync($"/api/v2.0/projects/{project}")).Status);
        Assert.DoesNotContain(project, (await api.Anonymous.JsonAsync($"/api/v2.0/projects?name={project}")).Names());
    }

    [Fact]
    public async Task Project_admins_manage_metadata_maintainers_look_at_single_keys_and_nobody_but_administrators_lists_them()
    {
        var project = await api.ProjectAsync();
        var (admin, maintainer, developer) = (
            await api.MemberAsync(project, Role.ProjectAdmin), await api.MemberAsync(project, Role.Maintainer), await api.MemberAsync(project, Role.Developer));

        Assert.Equal("""{"public":"false"}""", (await maintainer.JsonAsync($"{Path(project)}/public")).ToJsonString());
        Assert.Equal(403, (await developer.RefusalAsync($"{Path(project)}/public")).Status);
        Assert.Equal(403, (await admin.RefusalAsync(Path(project))).Status);
        Assert.Equal(401, (await api.Anonymous.RefusalAsync(Path(project))).Status);
        using var refused = await maintainer.CallTextAsync(HttpMethod.Post, Path(project), """{"auto_scan":"true"}""");
        using var added = await admin.CallTextAsync(HttpMethod.Post, Path(project), """{"auto_scan":"true"}""");
        Assert.Equal((403, 200), ((int)refused.StatusCode, (int)added.StatusCode));
    }

    [Fact]
    public async Task Only_the_project_that_is_named_is_changed_by_id_or_by_a_name_that_looks_like_one()
    {
        var project = await api.ProjectAsync();
        var id = await api.ProjectIdAsync(project);
        using var numeric = await api.Admin.CallAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = $"{id}" });
        numeric.EnsureSuccessStatusCode();

        await CallAsync(HttpMethod.Post, $"/api/v2.0/projects/{id}/metadatas/", """{"auto_scan":"true"}""");
        using var byName = await api.Admin.CallAsync(HttpMethod.Get, $"/api/v2.0/projects/{id}/metadatas/", header: "X-Is-Resource-Name");

        Assert.Equal("""{"auto_scan":"true","public":"false"}""", await AllAsync(project));
        Assert.Equal("""{"public":"false"}""", await byName.BodyAsync());
    }

    [Fact]
    public async Task Of_many_who_add_one_key_at_once_one_does()
    {
        var project = await api.ProjectAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => (await CallAsync(HttpMethod.Post, Path(project), """{"prevent_vul":"true"}""")).Status));

        Assert.Equal([(200, 1), (409, 49)], statuses.CountBy(status => status).Select(each => (each.Key, each.Value)).Order());
    }

    [Fact]
    public async Task What_other_operations_manage_is_shown_in_the_list()
    {
        var project = await api.ProjectAsync();
        var id = await api.ProjectIdAsync(project);
        await api.Harbor.Database.QueryAsync($"INSERT INTO project_metadata (project_id, name, value) VALUES ({id}, 'retention_id', '5'), ({id}, 'projectScanner', 'abc')");

        Assert.Equal("""{"projectScanner":"abc","public":"false","retention_id":"5"}""", await AllAsync(project));
        Assert.Equal("5", (string)(await api.Admin.JsonAsync($"/api/v2.0/projects/{project}"))["metadata"]!["retention_id"]!);
        using var own = await api.Admin.CallTextAsync(HttpMethod.Put, $"/api/v2.0/projects/{project}", """{"metadata":{"retention_id":"5","auto_scan":"true"}}""");
        using var other = await api.Admin.CallTextAsync(HttpMethod.Put, $"/api/v2.0/projects/{project}", """{"metadata":{"retention_id":"6"}}""");
        using var none = await api.Admin.CallTextAsync(HttpMethod.Put, $"/api/v2.0/projects/{project}", """{"metadata":{"retention_id":""}}""");
        Assert.Equal((200, 400, 400), ((int)own.StatusCode, (int)other.StatusCode, (int)none.StatusCode));
    }

    private static string Path(string project) => $"/api/v2.0/projects/{project}/metadatas";

    private async Task<(int Status, string Body)> CallAsync(HttpMethod method, string path, string body = "")
    {
        using var answer = await api.Admin.CallTextAsync(method, path, body);
        return ((int)answer.StatusCode, await answer.BodyAsync());
    }

    private async Task<string> AllAsync(string project)
    {
        var pairs = (await api.Admin.JsonAsync(Path(project))).AsObject().OrderBy(pair => pair.Key, StringComparer.Ordinal);
        return new JsonObject(pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))).ToJsonString();
    }
}
