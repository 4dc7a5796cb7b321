using System.Net;
using Harbor.Integration.Identity;
using Xunit;

namespace Harbor.Integration.Api;

public sealed class UserGroupTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v2.0/usergroups";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_group_is_shown_with_exactly_these_fields(int type)
    {
        var name = ApiFixture.Unique("shown");
        using var made = await api.Admin.CallAsync(HttpMethod.Post, Path, new { group_name = name, group_type = type, id = 7, ldap_group_dn = "cn=ignored" });
        var id = made.IdIn();

        Assert.Equal((HttpStatusCode.Created, $"{Path}/{id}", ""), (made.StatusCode, made.Headers.Location!.OriginalString, await made.BodyAsync()));
        Assert.NotEqual(7, id);
        Assert.Equal($$"""{"group_name":"{{name}}","group_type":{{type}}}""", (await api.Admin.JsonAsync($"{Path}/{id}")).ToJsonString());
        Assert.Equal($$"""[{"id":{{id}},"group_name":"{{name}}","group_type":{{type}}}]""", (await api.Admin.JsonAsync($"{Path}?group_name={name}")).ToJsonString());
        Assert.Equal($$"""[{"id":{{id}},"group_name":"{{name}}","group_type":{{type}}}]""", (await api.Admin.JsonAsync($"{Path}/search?groupname={name}")).ToJsonString());
    }

    [Fact]
    public async Task An_LDAP_group_that_is_known_is_shown_with_its_distinguished_name()
    {
        var name = ApiFixture.Unique("ldap");
        var id = await LdapGroupAsync(name);

        Assert.Equal($$"""{"group_name":"{{name}}","group_type":1,"ldap_group_dn":"cn={{name}},dc=example"}""", (await api.Admin.JsonAsync($"{Path}/{id}")).ToJsonString());
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{}", 400)]
    [InlineData("""{"group_type":3}""", 400)]
    [InlineData("""{"group_name":"","group_type":3}""", 400)]
    [InlineData("""{"group_name":" ","group_type":3}""", 400)]
    [InlineData("""{"group_name":"a\u0000b","group_type":3}""", 400)]
    [InlineData("""{"group_name":"a\nb","group_type":3}""", 400)]
    [InlineData("""{"group_name":"untyped"}""", 400)]
    [InlineData("""{"group_name":"untyped","group_type":0}""", 400)]
    [InlineData("""{"group_name":"untyped","group_type":4}""", 400)]
    [InlineData("""{"group_name":"untyped","group_type":-1}""", 400)]
    [InlineData("""{"group_name":"unknown","group_type":1,"ldap_group_dn":"cn=unknown,dc=example"}""", 400)]
    [InlineData("""{"group_name":"unknown","group_type":1}""", 400)]
    [InlineData("""{"group_name":"x","group_type":"3"}""", 422)]
    [InlineData("""{"group_name":7,"group_type":3}""", 422)]
    [InlineData("""{"group_name":"x","group_type":99999999999}""", 422)]
    [InlineData("[]", 422)]
    [InlineData("{", 422)]
    public async Task What_is_no_group_is_refused(string body, int status)
    {
        using var refused = await api.Admin.CallTextAsync(HttpMethod.Post, Path, body);

        Assert.Equal(status, (await refused.RefusalAsync()).Status);
    }

    [Fact]
    public async Task A_name_is_one_groups_of_any_type()
    {
        var name = ApiFixture.Unique("once");
        using var first = await api.Admin.CallAsync(HttpMethod.Post, Path, new { group_name = name, group_type = 3 });
        using var same = await api.Admin.CallAsync(HttpMethod.Post, Path, new { group_name = name, group_type = 3 });
        using var other = await api.Admin.CallAsync(HttpMethod.Post, Path, new { group_name = name, group_type = 2 });
        using var upper = await api.Admin.CallAsync(HttpMethod.Post, Path, new { group_name = name.ToUpperInvariant(), group_type = 3 });

        Assert.Equal((201, 409, 409, 201), ((int)first.StatusCode, (await same.RefusalAsync()).Status, (await other.RefusalAsync()).Status, (int)upper.StatusCode));
    }

    [Fact]
    public async Task Of_many_who_make_one_group_at_once_one_does_and_the_rest_are_told_of_the_conflict()
    {
        var name = ApiFixture.Unique("raced");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            using var answer = await api.Admin.CallAsync(HttpMethod.Post, Path, new { group_name = name, group_type = 3 });
            return (int)answer.StatusCode;
        }));

        Assert.Equal([(201, 1), (409, 199)], statuses.CountBy(status => status).Select(each => (each.Key, each.Value)).Order());
    }

    [Fact]
    public async Task Names_may_be_in_any_script_and_255_characters_long()
    {
        var longest = ApiFixture.Unique("größe/группа:日本語 😀 ");
        longest += string.Concat(Enumerable.Repeat("😀", 255 - longest.EnumerateRunes().Count()));
        var id = await api.Harbor.GroupAsync(longest);

        Assert.Equal(longest, (string?)(await api.Admin.JsonAsync($"{Path}/{id}"))["group_name"]);
        Assert.Single((await api.Admin.JsonAsync($"{Path}/search?groupname={Uri.EscapeDataString(longest)}")).AsArray());
        using var tooLong = await api.Admin.CallAsync(HttpMethod.Post, Path, new { group_name = longest + "x", group_type = 3 });
        Assert.Equal(400, (await tooLong.RefusalAsync()).Status);
    }

    [Fact]
    public async Task Only_the_name_can_be_changed()
    {
        var (name, taken) = (ApiFixture.Unique("before"), ApiFixture.Unique("taken"));
        var id = await api.Harbor.GroupAsync(name);
        await api.Harbor.GroupAsync(taken);

        using var changed = await api.Admin.CallAsync(HttpMethod.Put, $"{Path}/{id}", new { group_name = $"{name}-after", group_type = 2, id = 999, ldap_group_dn = "cn=x" });
        Assert.Equal((HttpStatusCode.OK, ""), (changed.StatusCode, await changed.BodyAsync()));
        Assert.Equal($$"""{"group_name":"{{name}}-after","group_type":3}""", (await api.Admin.JsonAsync($"{Path}/{id}")).ToJsonString());
        using var same = await api.Admin.CallAsync(HttpMethod.Put, $"{Path}/{id}", new { group_name = $"{name}-after" });
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);

        Assert.Equal(409, await PutAsync($"{id}", new { group_name = taken }));
        Assert.Equal(400, await PutAsync($"{id}", new { group_name = "" }));
        Assert.Equal(400, await PutAsync($"{id}", null));
        Assert.Equal(404, await PutAsync("999999", new { group_name = "x" }));

        async Task<int> PutAsync(string which, object? body)
        {
            using var refused = await api.Admin.CallAsync(HttpMethod.Put, $"{Path}/{which}", body);
            return (await refused.RefusalAsync()).Status;
        }
    }

    [Theory]
    [InlineData("0", 400, 400, 400)]
    [InlineData("-1", 400, 400, 400)]
    [InlineData("999999", 404, 404, 200)]
    [InlineData("9223372036854775807", 404, 404, 200)]
    [InlineData("9223372036854775808", 422, 422, 422)]
    [InlineData("x", 422, 422, 422)]
    [InlineData("1.5", 422, 422, 422)]
    public async Task Ids_that_no_group_has_are_answered_in_kind(string id, int get, int put, int delete)
    {
        using var got = await api.Admin.CallAsync(HttpMethod.Get, $"{Path}/{id}");
        using var changed = await api.Admin.CallAsync(HttpMethod.Put, $"{Path}/{id}", new { group_name = "x" });
        using var deleted = await api.Admin.CallAsync(HttpMethod.Delete, $"{Path}/{id}");

        Assert.Equal((get, put, delete), ((int)got.StatusCode, (int)changed.StatusCode, (int)deleted.StatusCode));
    }

    [Fact]
    public async Task The_list_is_filtered_by_a_part_of_the_name_and_paged_oldest_first()
    {
        var prefix = ApiFixture.Unique("Listed_");
        foreach (var suffix in (string[])["c", "a", "b"])
        {
            await api.Harbor.GroupAsync($"{prefix}{suffix}");
        }

        Assert.Equal([$"{prefix}c", $"{prefix}a", $"{prefix}b"], (await api.Admin.JsonAsync($"{Path}?group_name={prefix.ToLowerInvariant()}")).Names("group_name"));
        Assert.Empty((await api.Admin.JsonAsync($"{Path}?group_name={prefix.Replace('_', '%')}")).AsArray());
        using var page = await api.Admin.CallAsync(HttpMethod.Get, $"{Path}?group_name={prefix}&page=2&page_size=2");
        Assert.Equal([$"{prefix}b"], System.Text.Json.Nodes.JsonNode.Parse(await page.BodyAsync())!.Names("group_name"));
        Assert.Equal("3", page.Headers.GetValues("X-Total-Count").Single());
        Assert.Contains("rel=\"prev\"", page.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.Equal(422, (await api.Admin.RefusalAsync($"{Path}?page_size=101")).Status);
    }

    [Fact]
    public async Task The_list_shows_what_the_way_of_signing_in_can_bring()
    {
        await using var harbor = await Support.TestHarbor.StartAsync();
        var own = new ApiFixture(harbor);
        await harbor.GroupAsync("oidc");
        using var http = await harbor.Admin.CallAsync(HttpMethod.Post, Path, new { group_name = "http", group_type = 2 });
        foreach (var name in (string[])["ldap1", "ldap2"])
        {
            await harbor.Database.QueryAsync($"INSERT INTO user_group (group_name, group_type, ldap_group_dn) VALUES ('{name}', 1, 'cn={name},dc=example')");
        }

        Assert.Equal(["oidc", "http", "ldap1", "ldap2"], await NamesAsync(""));
        Assert.Equal(["oidc", "http", "ldap1", "ldap2"], await NamesAsync("?ldap_group_dn=cn=ldap2,dc=example"));
        await harbor.SetAsync("auth_mode", "oidc_auth");
        Assert.Equal(["oidc", "http", "ldap1", "ldap2"], await NamesAsync(""));
        await harbor.SetAsync("auth_mode", "http_auth");
        Assert.Equal(["http"], await NamesAsync(""));
        await harbor.SetAsync("auth_mode", "ldap_auth");
        Assert.Equal(["ldap1", "ldap2"], await NamesAsync(""));
        Assert.Equal(["ldap2"], await NamesAsync("?ldap_group_dn=CN=ldap2,dc=example"));
        Assert.Empty(await NamesAsync("?ldap_group_dn=dc=example"));

        async Task<string[]> NamesAsync(string query) => [.. (await own.Admin.JsonAsync(Path + query)).Names("group_name")];
    }

    [Fact]
    public async Task Anybody_signed_in_finds_groups_by_a_part_of_their_names_the_shortest_first()
    {
        var (_, _, ordinary) = await api.UserAsync();
        var prefix = ApiFixture.Unique("Found");
        foreach (var suffix in (string[])["-zz", "-z", "-a"])
        {
            await api.Harbor.GroupAsync($"{prefix}{suffix}");
        }

        Assert.Equal([$"{prefix}-a", $"{prefix}-z", $"{prefix}-zz"], (await ordinary.JsonAsync($"{Path}/search?groupname={prefix.ToLowerInvariant()}")).Names("group_name"));
        Assert.Equal([$"{prefix}-a"], (await ordinary.JsonAsync($"{Path}/search?groupname={prefix}&page=2&page_size=1")).Names("group_name"));
        Assert.Empty((await ordinary.JsonAsync($"{Path}/search?groupname=%25")).AsArray());
        Assert.Equal(
            (422, "UNPROCESSABLE_ENTITY", "validation failure list:\ngroupname in query is required"), await ordinary.RefusalAsync($"{Path}/search"));
        Assert.Equal(422, (await ordinary.RefusalAsync($"{Path}/search?groupname=")).Status);
        Assert.Equal(400, (await ordinary.RefusalAsync($"{Path}/search?groupname=%00")).Status);
        Assert.Equal(401, (await api.Anonymous.RefusalAsync($"{Path}/search?groupname=x")).Status);
    }

    [Fact]
    public async Task A_deleted_group_leaves_its_projects_and_frees_its_name()
    {
        var (project, name) = (await api.ProjectAsync(), ApiFixture.Unique("gone"));
        var id = await api.Harbor.GroupAsync(name);
        await api.Harbor.GroupMemberAsync(project, id, 2);

        using var deleted = await api.Admin.CallAsync(HttpMethod.Delete, $"{Path}/{id}");

        Assert.Equal((HttpStatusCode.OK, ""), (deleted.StatusCode, await deleted.BodyAsync()));
        Assert.Equal(404, (await api.Admin.RefusalAsync($"{Path}/{id}")).Status);
        Assert.Equal(["admin"], (await api.Admin.JsonAsync($"/api/v2.0/projects/{project}/members")).Names("entity_name"));
        Assert.Equal(0L, await api.Harbor.Database.QueryAsync($"SELECT count(*) FROM project_member WHERE entity_type = 'g' AND entity_id = {id}"));
        Assert.NotEqual(id, await api.Harbor.GroupAsync(name));
    }

    [Fact]
    public async Task A_group_that_is_deleted_while_projects_take_it_in_leaves_no_member_that_is_nobody()
    {
        for (var round = 0; round < 10; round++)
        {
            var project = await api.ProjectAsync();
            var id = await api.Harbor.GroupAsync(ApiFixture.Unique("fleeting"));

            var answers = await Task.WhenAll(
                api.Admin.CallAsync(HttpMethod.Post, $"/api/v2.0/projects/{project}/members", new { role_id = 2, member_group = new { id } }),
                api.Admin.CallAsync(HttpMethod.Delete, $"{Path}/{id}"));

            Assert.Contains((int)answers[0].StatusCode, (int[])[201, 400]);
            Assert.Equal(200, (int)answers[1].StatusCode);
            Assert.Equal(0L, await api.Harbor.Database.QueryAsync($"SELECT count(*) FROM project_member WHERE entity_type = 'g' AND entity_id = {id}"));
        }
    }

    private async Task<long> LdapGroupAsync(string name) => (long)(await api.Harbor.Database.QueryAsync(
        $"INSERT INTO user_group (group_name, group_type, ldap_group_dn) VALUES ('{name}', 1, 'cn={name},dc=example') RETURNING id"))!;
}
