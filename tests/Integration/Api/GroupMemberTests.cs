using System.Net;
using Harbor.Integration.Identity;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>User groups as members of projects.</summary>
public sealed class GroupMemberTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_group_is_a_member_like_any_other()
    {
        var (project, name) = (await api.ProjectAsync(), ApiFixture.Unique("devs"));
        var group = await api.Harbor.GroupAsync(name);
        var projectId = await api.ProjectIdAsync(project);

        using var added = await AddAsync(project, new { role_id = 2, member_group = new { id = group } });
        var id = added.IdIn();

        Assert.Equal((HttpStatusCode.Created, $"{Path(project)}/{id}"), (added.StatusCode, added.Headers.Location!.OriginalString));
        Assert.Equal(
            $$"""{"id":{{id}},"project_id":{{projectId}},"entity_name":"{{name}}","role_name":"developer","role_id":2,"entity_id":{{group}},"entity_type":"g"}""",
            (await api.Admin.JsonAsync($"{Path(project)}/{id}")).ToJsonString());

        using var changed = await api.Admin.CallAsync(HttpMethod.Put, $"{Path(project)}/{id}", new { role_id = 4 });
        Assert.Equal("maintainer", (string?)(await api.Admin.JsonAsync($"{Path(project)}/{id}"))["role_name"]);
        Assert.Equal(1, (int)(await api.Admin.JsonAsync($"/api/v2.0/projects/{project}/summary"))["maintainer_count"]!);

        using var ended = await api.Admin.CallAsync(HttpMethod.Delete, $"{Path(project)}/{id}");
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Equal(["admin"], (await api.Admin.JsonAsync(Path(project))).Names("entity_name"));
    }

    [Fact]
    public async Task Users_and_groups_are_listed_together_by_name_in_two_statements_however_many_there_are()
    {
        var (project, prefix) = (await api.ProjectAsync(), ApiFixture.Unique("mixed"));
        foreach (var letter in "ace")
        {
            await api.Harbor.GroupMemberAsync(project, await api.Harbor.GroupAsync($"{prefix}{letter}"), 3);
        }

        foreach (var letter in "bdf")
        {
            var (user, _, _) = await api.UserAsync($"{prefix}{letter}");
            (await AddAsync(project, new { role_id = 3, member_user = new { user_id = user } })).Dispose();
        }

        Assert.Equal(["admin", .. "abcdef".Select(letter => $"{prefix}{letter}")], (await api.Admin.JsonAsync(Path(project))).Names("entity_name"));
        Assert.Equal([$"{prefix}c"], (await api.Admin.JsonAsync($"{Path(project)}?entityname={prefix}c")).Names("entity_name"));
        using var page = await api.Admin.CallAsync(HttpMethod.Get, $"{Path(project)}?page=2&page_size=2");
        Assert.Equal([$"{prefix}b", $"{prefix}c"], System.Text.Json.Nodes.JsonNode.Parse(await page.BodyAsync())!.Names("entity_name"));
        Assert.Equal("7", page.Headers.GetValues("X-Total-Count").Single());

        using var statements = new SqlStatements(api.Harbor);
        await api.Admin.JsonAsync(Path(project));
        Assert.Equal(2, statements.Take().Count(sql => sql.Contains("project_member", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Of_several_that_a_request_names_a_users_id_comes_first_then_a_groups_then_the_names()
    {
        var name = ApiFixture.Unique("named");
        var (user, userName, _) = await api.UserAsync();
        var group = await api.Harbor.GroupAsync(name);
        var ldap = (long)(await api.Harbor.Database.QueryAsync(
            $"INSERT INTO user_group (group_name, group_type, ldap_group_dn) VALUES ('{name}-ldap', 1, 'cn={name},dc=example') RETURNING id"))!;

        Assert.Equal(("u", user), await TakenAsync(new { member_user = new { user_id = user, username = "admin" }, member_group = new { id = group, group_name = name } }));
        Assert.Equal(("g", group), await TakenAsync(new { member_user = new { user_id = 0, username = userName }, member_group = new { id = group, ldap_group_dn = $"cn={name},dc=example" } }));
        Assert.Equal(("u", user), await TakenAsync(new { member_user = new { username = userName }, member_group = new { id = 0, ldap_group_dn = $"cn={name},dc=example" } }));
        Assert.Equal(("g", ldap), await TakenAsync(new { member_user = new { username = "" }, member_group = new { ldap_group_dn = $" CN={name},dc=example ", group_name = name } }));
        Assert.Equal(("g", group), await TakenAsync(new { member_group = new { ldap_group_dn = "", group_name = name } }));
        Assert.Equal(("g", group), await TakenAsync(new { member_group = new { group_name = name, group_type = 3 } }));
        Assert.Equal(("g", ldap), await TakenAsync(new { member_group = new { group_name = $"{name}-ldap", group_type = 0 } }));

        using var otherType = await AddAsync(await api.ProjectAsync(), new { role_id = 1, member_group = new { group_name = name, group_type = 1 } });
        Assert.Equal(404, (await otherType.RefusalAsync()).Status);

        async Task<(string, long)> TakenAsync(object who)
        {
            var project = await api.ProjectAsync();
            var body = System.Text.Json.JsonSerializer.SerializeToNode(who)!.AsObject();
            body["role_id"] = 2;
            using var added = await AddAsync(project, body);
            var member = await api.Admin.JsonAsync($"{Path(project)}/{added.IdIn()}");
            return ((string)member["entity_type"]!, (long)member["entity_id"]!);
        }
    }

    [Fact]
    public async Task A_user_and_a_group_of_one_id_are_two_members()
    {
        var project = await api.ProjectAsync();
        const long user = 900_001;
        await api.Harbor.Database.QueryAsync($"INSERT INTO harbor_user (id, username) VALUES ({user}, 'twin-user'); INSERT INTO user_group (id, group_name, group_type) VALUES ({user}, 'twin-group', 3)");

        using var first = await AddAsync(project, new { role_id = 2, member_user = new { user_id = user } });
        using var second = await AddAsync(project, new { role_id = 2, member_group = new { id = user } });
        using var again = await AddAsync(project, new { role_id = 2, member_group = new { id = user } });

        Assert.Equal((201, 201, 409), ((int)first.StatusCode, (int)second.StatusCode, (int)again.StatusCode));
    }

    [Fact]
    public async Task Of_many_who_add_one_group_at_once_one_does_and_the_rest_are_told_of_the_conflict()
    {
        var project = await api.ProjectAsync();
        var group = await api.Harbor.GroupAsync(ApiFixture.Unique("raced"));

        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            using var answer = await AddAsync(project, new { role_id = 2, member_group = new { id = group } });
            return (int)answer.StatusCode;
        }));

        Assert.Equal([(201, 1), (409, 199)], statuses.CountBy(status => status).Select(each => (each.Key, each.Value)).Order());
    }

    [Theory]
    [InlineData("oidc_auth", "false", 3)]
    [InlineData("http_auth", "true", 2)]
    [InlineData("http_auth", "false", null)]
    [InlineData("ldap_auth", "true", null)]
    [InlineData("uaa_auth", "true", null)]
    [InlineData("db_auth", "true", null)]
    public async Task A_group_nobody_has_seen_yet_is_taken_in_where_the_sign_in_vouches_for_any(string mode, string skipSearch, int? type)
    {
        await using var harbor = await TestHarbor.StartAsync();
        var own = new ApiFixture(harbor);
        var project = await own.ProjectAsync();
        await harbor.SetAsync("http_authproxy_skip_search", skipSearch);
        await harbor.SetAsync("auth_mode", mode);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var answer = await own.Admin.CallAsync(HttpMethod.Post, Path(project), new { role_id = 2, member_group = new { group_name = "новые / 新", group_type = 1 } });
            return (int)answer.StatusCode;
        }));

        Assert.Equal(type is null ? [(404, 20)] : [(201, 1), (409, 19)], statuses.CountBy(status => status).Select(each => (each.Key, each.Value)).Order());
        Assert.Equal(type, await harbor.Database.QueryAsync("SELECT max(group_type) FROM user_group"));
        using var wrong = await own.Admin.CallAsync(HttpMethod.Post, Path(project), new { role_id = 9, member_group = new { group_name = "never" } });
        Assert.Equal(type is null ? 404 : 400, (int)wrong.StatusCode);
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM user_group WHERE group_name = 'never'"));
    }

    [Fact]
    public async Task A_name_that_a_group_of_another_type_has_is_not_taken_in_a_second_time()
    {
        await using var harbor = await TestHarbor.StartAsync();
        var own = new ApiFixture(harbor);
        var project = await own.ProjectAsync();
        await harbor.Database.QueryAsync("INSERT INTO user_group (group_name, group_type) VALUES ('devs', 2)");
        await harbor.SetAsync("auth_mode", "oidc_auth");

        using var refused = await own.Admin.CallAsync(HttpMethod.Post, Path(project), new { role_id = 2, member_group = new { group_name = "devs", group_type = 3 } });
        using var added = await own.Admin.CallAsync(HttpMethod.Post, Path(project), new { role_id = 2, member_group = new { group_name = "devs" } });

        Assert.Equal((409, 201), ((await refused.RefusalAsync()).Status, (int)added.StatusCode));
    }

    private static string Path(string project) => $"/api/v2.0/projects/{project}/members";

    private Task<HttpResponseMessage> AddAsync(string project, object body) => api.Admin.CallAsync(HttpMethod.Post, Path(project), body);
}
