using System.Net;
using System.Text.Json.Nodes;
using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Integration.Api;

public sealed class ProjectTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v2.0/projects";

    [Fact]
    public async Task Whoever_is_no_member_has_no_role_id_and_null_for_role_ids()
    {
        var project = await api.ProjectAsync(isPublic: true);
        var (_, _, stranger) = await api.UserAsync();

        var shown = (await stranger.JsonAsync($"{Path}/{project}")).AsObject();

        Assert.False(shown.ContainsKey("current_user_role_id"));
        Assert.True(shown.TryGetPropertyValue("current_user_role_ids", out var ids) && ids is null);
    }

    [Fact]
    public async Task A_project_is_found_by_id_by_name_and_by_a_name_that_looks_like_an_id()
    {
        var project = await api.ProjectAsync();
        var id = await api.ProjectIdAsync(project);
        using var numeric = await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = $"{id}" });
        using var named = await api.Admin.CallAsync(HttpMethod.Get, $"{Path}/{id}", header: "X-Is-Resource-Name");

        Assert.Equal(project, (string)(await api.Admin.JsonAsync($"{Path}/{id}"))["name"]!);
        Assert.Equal($"{id}", (string)JsonNode.Parse(await named.BodyAsync())!["name"]!);
    }

    [Fact]
    public async Task Settings_are_changed_one_by_one_and_the_allowlist_as_a_whole()
    {
        var project = await api.ProjectAsync();
        await PutAsync(project, """{"metadata":{"auto_scan":"true","severity":"Negligible","proxy_speed_kb":"7"},"cve_allowlist":{"expires_at":1900000000,"items":[{"cve_id":"CVE-1"}]}}""");
        await PutAsync(project, """{"project_name":"other","storage_limit":1,"metadata":{"prevent_vul":"true","public":"true"},"cve_allowlist":{"items":[{"cve_id":"CVE-2"},{"cve_id":"CVE-3"}]}}""");

        var shown = await api.Admin.JsonAsync($"{Path}/{project}");
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"public":"true","auto_scan":"true","severity":"none","prevent_vul":"true"}"""), shown["metadata"]), shown.ToJsonString());
        Assert.Equal("""[{"cve_id":"CVE-2"},{"cve_id":"CVE-3"}]""", shown["cve_allowlist"]!["items"]!.ToJsonString());
        Assert.False(shown["cve_allowlist"]!.AsObject().ContainsKey("expires_at"));
        Assert.Equal(project, (string)shown["name"]!);
    }

    [Fact]
    public async Task An_empty_text_for_being_public_or_for_the_retention_says_nothing()
    {
        var project = await api.ProjectAsync(isPublic: true);

        await PutAsync(project, """{"metadata":{"public":"","retention_id":"","severity":"high"}}""");

        Assert.Equal("""{"public":"true","severity":"high"}""", (await api.Admin.JsonAsync($"{Path}/{project}"))["metadata"]!.ToJsonString());
    }

    [Theory]
    [InlineData("'; DROP TABLE project; --")]
    [InlineData("%")]
    [InlineData("größe😀")]
    [InlineData("\"\\")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData("library\n")]
    public async Task What_is_no_project_is_not_found_however_it_is_spelled(string name)
    {
        var escaped = Uri.EscapeDataString(name);

        Assert.Contains((await api.Admin.RefusalAsync($"{Path}/{escaped}")).Status, new[] { 400, 404 });
        Assert.Equal(404, await HeadAsync(api.Admin, $"?project_name={escaped}"));
        Assert.Empty((await api.Admin.JsonAsync($"{Path}?name={escaped}")).AsArray());
        Assert.Empty((await api.Admin.JsonAsync($"{Path}?owner={escaped}")).AsArray());
        await api.Admin.JsonAsync($"{Path}?sort={escaped}");
    }

    [Theory]
    [InlineData("""{"metadata":{"retention_id":"5"}}""", 400)]
    [InlineData("""{"cve_allowlist":{"project_id":999999,"items":[]}}""", 400)]
    [InlineData("""{"cve_allowlist":{"items":[{"cve_id":""}]}}""", 400)]
    [InlineData("""{"cve_allowlist":{"items":[null]}}""", 400)]
    [InlineData("""{"cve_allowlist":{"items":[{"cve_id":"A"},{"cve_id":"A"}]}}""", 400)]
    [InlineData("""{"metadata":{"auto_scan":"\u0000"}}""", 400)]
    [InlineData("""{"metadata":{"auto_scan":7}}""", 422)]
    [InlineData("{", 422)]
    [InlineData("", 422)]
    public async Task A_change_that_makes_no_sense_is_refused_and_changes_nothing(string body, int status)
    {
        var project = await api.ProjectAsync();
        var before = (await api.Admin.JsonAsync($"{Path}/{project}")).ToJsonString();

        using var refused = await api.Admin.CallTextAsync(HttpMethod.Put, $"{Path}/{project}", body);

        Assert.Equal(status, (await refused.RefusalAsync()).Status);
        Assert.Equal(before, (await api.Admin.JsonAsync($"{Path}/{project}")).ToJsonString());
    }

    [Fact]
    public async Task Making_a_project_private_closes_it_at_once()
    {
        var project = await api.ProjectAsync(isPublic: true);
        await api.Anonymous.JsonAsync($"{Path}/{project}");

        await PutAsync(project, """{"metadata":{"public":"false"}}""");

        Assert.Equal(401, (await api.Anonymous.RefusalAsync($"{Path}/{project}")).Status);
    }

    [Fact]
    public async Task A_deleted_project_is_gone_at_once_and_its_name_is_free()
    {
        var project = await api.ProjectAsync();
        var id = await api.ProjectIdAsync(project);
        var member = await api.MemberAsync(project, Role.Developer);
        await member.JsonAsync($"{Path}/{project}");

        using var deleted = await api.Admin.CallAsync(HttpMethod.Delete, $"{Path}/{project}");
        var gone = await api.Admin.RefusalAsync($"{Path}/{project}");
        using var again = await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = project });

        Assert.Equal((HttpStatusCode.OK, ""), (deleted.StatusCode, await deleted.BodyAsync()));
        Assert.Equal(404, gone.Status);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.NotEqual(id, again.IdIn());
        Assert.Equal(403, (await member.RefusalAsync($"{Path}/{project}")).Status);
        Assert.Equal($"{project}#{id}", await api.Harbor.Database.QueryAsync($"SELECT name FROM project WHERE id = {id}"));
    }

    [Fact]
    public async Task A_project_with_a_repository_cannot_be_deleted_until_its_last_artifact_is()
    {
        var project = await api.ProjectAsync();
        var artifact = await api.ArtifactAsync(project, "web", ["v1"]);

        using var refused = await api.Admin.CallAsync(HttpMethod.Delete, $"{Path}/{project}");
        var deletable = (await api.Admin.JsonAsync($"{Path}/{project}/_deletable")).ToJsonString();
        await api.HideAsync(artifact);
        var deletableThen = (await api.Admin.JsonAsync($"{Path}/{project}/_deletable")).ToJsonString();
        using var deleted = await api.Admin.CallAsync(HttpMethod.Delete, $"{Path}/{project}");

        Assert.Equal((412, "PRECONDITION", "precondition failed: the project contains repositories, can not be deleted"), await refused.RefusalAsync());
        Assert.Equal("""{"message":"the project contains repositories, can not be deleted"}""", deletable);
        Assert.Equal("""{"deletable":true}""", deletableThen);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
    }

    [Fact]
    public async Task Of_many_who_delete_a_project_at_once_one_does_and_the_rest_find_it_gone()
    {
        var project = await api.ProjectAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var answer = await api.Admin.CallAsync(HttpMethod.Delete, $"{Path}/{project}");
            return (int)answer.StatusCode;
        }));

        Assert.Equal([(200, 1), (404, 19)], statuses.CountBy(status => status).Select(each => (each.Key, each.Value)).Order());
    }

    [Fact]
    public async Task The_summary_counts_members_by_role_for_those_who_may_list_them()
    {
        var project = await api.ProjectAsync();
        await api.MemberAsync(project, Role.Maintainer);
        var guest = await api.MemberAsync(project, Role.Guest);
        var limited = await api.MemberAsync(project, Role.LimitedGuest);

        Assert.Equal(
            """{"repo_count":0,"project_admin_count":1,"maintainer_count":1,"guest_count":1,"limited_guest_count":1,"quota":{"hard":{"storage":-1},"used":{"storage":0}}}""",
            (await guest.JsonAsync($"{Path}/{project}/summary")).ToJsonString());
        Assert.Equal("""{"repo_count":0,"quota":{"hard":{"storage":-1},"used":{"storage":0}}}""", (await limited.JsonAsync($"{Path}/{project}/summary")).ToJsonString());
    }

    [Fact]
    public async Task Whether_a_name_is_taken_is_told_by_status_alone()
    {
        var project = await api.ProjectAsync();
        var (_, _, stranger) = await api.UserAsync();

        Assert.Equal(
            (200, 404, 422, 401),
            (await HeadAsync(stranger, $"?project_name={project}"), await HeadAsync(stranger, "?project_name=nothing-here"), await HeadAsync(stranger, ""),
                await HeadAsync(api.Anonymous, $"?project_name={project}")));
    }

    private static async Task<int> HeadAsync(HttpClient client, string query)
    {
        using var answer = await client.CallAsync(HttpMethod.Head, Path + query);
        return (int)answer.StatusCode;
    }

    private async Task PutAsync(string project, string body)
    {
        using var changed = await api.Admin.CallTextAsync(HttpMethod.Put, $"{Path}/{project}", body);
        Assert.Equal((HttpStatusCode.OK, ""), (changed.StatusCode, await changed.BodyAsync()));
    }
}
