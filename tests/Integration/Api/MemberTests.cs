using System.Net;
using Xunit;

namespace Harbor.Integration.Api;

public sealed class MemberTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData(1, "projectAdmin")]
    [InlineData(2, "developer")]
    [InlineData(3, "guest")]
    [InlineData(4, "maintainer")]
    [InlineData(5, "limitedGuest")]
    public async Task A_member_is_shown_with_exactly_these_fields(int role, string roleName)
    {
        var project = await api.ProjectAsync();
        var projectId = await api.ProjectIdAsync(project);
        var (userId, name, _) = await api.UserAsync();

        using var added = await AddAsync(project, new { role_id = role, member_user = new { username = name } });

        var id = added.IdIn();
        Assert.Equal((HttpStatusCode.Created, $"{Path(project)}/{id}"), (added.StatusCode, added.Headers.Location!.OriginalString));
        Assert.Equal(
            $$"""{"id":{{id}},"project_id":{{projectId}},"entity_name":"{{name}}","role_name":"{{roleName}}","role_id":{{role}},"entity_id":{{userId}},"entity_type":"u"}""",
            (await api.Admin.JsonAsync($"{Path(project)}/{id}")).ToJsonString());
    }

    [Fact]
    public async Task The_location_names_the_project_as_the_caller_did()
    {
        var project = await api.ProjectAsync();
        var id = await api.ProjectIdAsync(project);
        var (userId, _, _) = await api.UserAsync();

        using var added = await AddAsync($"{id}", new { role_id = 2, member_user = new { user_id = userId } });

        Assert.StartsWith($"{Path($"{id}")}/", added.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_are_listed_by_name_and_one_name_is_found_exactly()
    {
        var project = await api.ProjectAsync();
        var prefix = ApiFixture.Unique("listed");
        foreach (var name in (string[])["b", "a", "c"])
        {
            var (id, _, _) = await api.UserAsync($"{prefix}{name}");
            (await AddAsync(project, new { role_id = 3, member_user = new { user_id = id } })).Dispose();
        }

        Assert.Equal(["admin", $"{prefix}a", $"{prefix}b", $"{prefix}c"], (await api.Admin.JsonAsync(Path(project))).Names("entity_name"));
        Assert.Equal([$"{prefix}b"], (await api.Admin.JsonAsync($"{Path(project)}?entityname={prefix}b")).Names("entity_name"));
        Assert.Empty((await api.Admin.JsonAsync($"{Path(project)}?entityname={prefix}")).AsArray());
        using var page = await api.Admin.CallAsync(HttpMethod.Get, $"{Path(project)}?page=2&page_size=3&entityname=");
        Assert.Equal("4", page.Headers.GetValues("X-Total-Count").Single());
        using var narrowed = await api.Admin.CallAsync(HttpMethod.Get, $"{Path(project)}?entityname={prefix}b");
        Assert.Equal("4", narrowed.Headers.GetValues("X-Total-Count").Single());
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{}", 400)]
    [InlineData("""{"role_id":1}""", 400)]
    [InlineData("""{"role_id":1,"member_user":{}}""", 400)]
    [InlineData("""{"role_id":1,"member_user":{"user_id":999999}}""", 400)]
    [InlineData("""{"role_id":1,"member_user":{"user_id":2}}""", 400)]
    [InlineData("""{"role_id":1,"member_user":{"username":"nobody-is-called-so"}}""", 404)]
    [InlineData("""{"role_id":1,"member_user":{"username":"'; DROP TABLE project_member; --"}}""", 404)]
    [InlineData("""{"role_id":1,"member_user":{"username":"größe\u0000"}}""", 400)]
    [InlineData("""{"role_id":1,"member_group":{"id":7}}""", 400)]
    [InlineData("""{"role_id":1,"member_group":{"group_name":"devs","group_type":3}}""", 404)]
    [InlineData("""{"role_id":1,"member_group":{"ldap_group_dn":"cn=devs"}}""", 404)]
    [InlineData("""{"role_id":1,"member_group":{"ldap_group_dn":"'; DROP TABLE user_group; --"}}""", 404)]
    [InlineData("""{"role_id":1,"member_group":{"group_name":"nobodies","group_type":0}}""", 404)]
    [InlineData("""{"role_id":1,"member_group":{"group_name":"nobodies","group_type":-7}}""", 404)]
    [InlineData("""{"role_id":1,"member_group":{"id":-1}}""", 400)]
    [InlineData("""{"role_id":1,"member_group":{"id":9223372036854775807}}""", 400)]
    [InlineData("""{"role_id":1,"member_group":{}}""", 400)]
    [InlineData("""{"role_id":1,"member_group":{"group_name":""}}""", 400)]
    [InlineData("""{"role_id":1,"member_user":{"user_id":-1}}""", 400)]
    [InlineData("""{"role_id":1,"member_user":{"user_id":0,"username":"admin"}}""", 409)]
    [InlineData("""{"role_id":1,"member_user":{"username":"admin"}}""", 409)]
    [InlineData("""{"role_id":9,"member_user":{"username":"admin"}}""", 409)]
    [InlineData("""{"role_id":"1"}""", 422)]
    [InlineData("""{"role_id":1,"member_user":{"user_id":1.5}}""", 422)]
    [InlineData("""{"role_id":99999999999,"member_user":{"user_id":1}}""", 422)]
    [InlineData("{", 422)]
    public async Task Whoever_cannot_become_a_member_is_refused(string body, int status)
    {
        var project = await api.ProjectAsync();

        using var refused = await api.Admin.CallTextAsync(HttpMethod.Post, Path(project), body);

        Assert.Equal(status, (await refused.RefusalAsync()).Status);
        Assert.Equal(["admin"], (await api.Admin.JsonAsync(Path(project))).Names("entity_name"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(-1)]
    public async Task A_number_that_is_no_role_is_refused_for_new_members_and_for_old_ones(int role)
    {
        var project = await api.ProjectAsync();
        var (userId, _, _) = await api.UserAsync();
        using var refused = await AddAsync(project, new { role_id = role, member_user = new { user_id = userId } });
        using var added = await AddAsync(project, new { role_id = 2, member_user = new { user_id = userId } });
        using var changed = await api.Admin.CallAsync(HttpMethod.Put, $"{Path(project)}/{added.IdIn()}", new { role_id = role });

        Assert.Equal((400, 400), ((await refused.RefusalAsync()).Status, (await changed.RefusalAsync()).Status));
    }

    [Fact]
    public async Task Of_many_who_add_one_user_at_once_one_does_and_the_rest_are_told_of_the_conflict()
    {
        var project = await api.ProjectAsync();
        var (userId, _, _) = await api.UserAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var answer = await AddAsync(project, new { role_id = 2, member_user = new { user_id = userId } });
            return (int)answer.StatusCode;
        }));

        Assert.Equal([(201, 1), (409, 49)], statuses.CountBy(status => status).Select(each => (each.Key, each.Value)).Order());
    }

    [Fact]
    public async Task A_changed_role_and_an_ended_membership_count_from_the_next_request_on_here_and_soon_on_other_replicas()
    {
        await using var replica = await api.Harbor.ReplicaAsync();
        var project = await api.ProjectAsync();
        var (userId, name, _) = await api.UserAsync();
        var (here, there) = (api.Harbor.ClientAs(name, "Passw0rd1"), replica.ClientAs(name, "Passw0rd1"));
        Assert.Equal((403, 403), (await StatusAsync(here, project), await StatusAsync(there, project)));

        using var added = await AddAsync(project, new { role_id = 3, member_user = new { user_id = userId } });
        Assert.Equal(200, await StatusAsync(here, project));
        await EventuallyAsync(200, there, project);

        using var promoted = await api.Admin.CallAsync(HttpMethod.Put, $"{Path(project)}/{added.IdIn()}", new { role_id = 1 });
        Assert.Equal((HttpStatusCode.OK, 1), (promoted.StatusCode, (int)(await here.JsonAsync($"/api/v2.0/projects/{project}"))["current_user_role_id"]!));

        using var ended = await api.Admin.CallAsync(HttpMethod.Delete, $"{Path(project)}/{added.IdIn()}");
        Assert.Equal((HttpStatusCode.OK, 403), (ended.StatusCode, await StatusAsync(here, project)));
        await EventuallyAsync(403, there, project);
    }

    [Fact]
    public async Task An_unknown_member_is_not_found_but_may_be_changed_and_deleted_in_vain()
    {
        var project = await api.ProjectAsync();
        var (other, _) = (await api.ProjectAsync(), 0);
        var foreign = (long)(await api.Admin.JsonAsync(Path(other))).AsArray()[0]!["id"]!;

        Assert.Equal(404, (await api.Admin.RefusalAsync($"{Path(project)}/{foreign}")).Status);
        Assert.Equal(400, (await api.Admin.RefusalAsync($"{Path(project)}/0")).Status);
        Assert.Equal(
            (422, "UNPROCESSABLE_ENTITY", "validation failure list:\nmid in path must be of type int64: \"x\""), await api.Admin.RefusalAsync($"{Path(project)}/x"));
        using var changed = await api.Admin.CallAsync(HttpMethod.Put, $"{Path(project)}/{foreign}", new { role_id = 3 });
        using var deleted = await api.Admin.CallAsync(HttpMethod.Delete, $"{Path(project)}/{foreign}");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (changed.StatusCode, deleted.StatusCode));
        Assert.Equal(1, (int)(await api.Admin.JsonAsync($"{Path(other)}/{foreign}"))["role_id"]!);
    }

    [Fact]
    public async Task A_user_who_is_deleted_leaves_his_projects()
    {
        var project = await api.ProjectAsync();
        var (userId, _, _) = await api.UserAsync();
        (await AddAsync(project, new { role_id = 2, member_user = new { user_id = userId } })).Dispose();

        using var deleted = await api.Admin.CallAsync(HttpMethod.Delete, $"/api/v2.0/users/{userId}");

        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal(["admin"], (await api.Admin.JsonAsync(Path(project))).Names("entity_name"));
        Assert.Equal(0L, await api.Harbor.Database.QueryAsync($"SELECT count(*) FROM project_member WHERE entity_id = {userId}"));
    }

    private static string Path(string project) => $"/api/v2.0/projects/{project}/members";

    private Task<HttpResponseMessage> AddAsync(string project, object body) => api.Admin.CallAsync(HttpMethod.Post, Path(project), body);

    private static async Task<int> StatusAsync(HttpClient client, string project)
    {
        using var answer = await client.CallAsync(HttpMethod.Get, $"/api/v2.0/projects/{project}");
        return (int)answer.StatusCode;
    }

    private static async Task EventuallyAsync(int status, HttpClient client, string project)
    {
        // Three seconds are allowed; a notification takes milliseconds.
        for (var attempt = 0; attempt < 30 && await StatusAsync(client, project) != status; attempt++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Equal(status, await StatusAsync(client, project));
    }
}
