using System.Net;
using System.Net.Http.Json;
using System.Text;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>The operations of the tag <c>user</c>, by anonymous callers, users and administrators.</summary>
public sealed class UserTests(UserTests.Server server) : IClassFixture<UserTests.Server>
{
    private const string Users = "/api/v2.0/users";

    private static int count;

    private readonly string name = $"user{Interlocked.Increment(ref count)}";

    private TestHarbor Harbor => server.Harbor;

    private HttpClient Ordinary => Harbor.ClientAs("ordinary", People.Password);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_administrator_makes_a_user_who_can_sign_in()
    {
        using var made = await Harbor.Admin.PostAsJsonAsync(Users, People.Request(name), Ct);

        Assert.Equal((HttpStatusCode.Created, ""), (made.StatusCode, await made.Content.ReadAsStringAsync(Ct)));
        Assert.Matches("^/api/v2.0/users/[0-9]+$", made.Headers.Location!.OriginalString);
        var shown = await Harbor.ClientAs(name, People.Password).JsonAsync(made.Headers.Location.OriginalString);
        Assert.Equal(
            ["admin_role_in_auth", "comment", "creation_time", "email", "realname", "sysadmin_flag", "update_time", "user_id", "username"],
            shown.EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal(
            (name, $"{name}@example.com", $"The {name}", "made by a test", false),
            (shown.GetProperty("username").GetString(), shown.GetProperty("email").GetString(), shown.GetProperty("realname").GetString(),
                shown.GetProperty("comment").GetString(), shown.GetProperty("sysadmin_flag").GetBoolean()));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", shown.GetProperty("creation_time").GetString());
    }

    [Fact]
    public async Task Others_make_no_users()
    {
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.PostAsJsonAsync(Users, People.Request(name), Ct).ToldAsync());
        Assert.Equal("403 FORBIDDEN ordinary", await Ordinary.PostAsJsonAsync(Users, People.Request(name), Ct).ToldAsync());
    }

    [Fact]
    public async Task Nobody_can_give_himself_rights_or_an_id()
    {
        var request = People.Request(name);
        foreach (var (field, value) in ((string, object)[])[("sysadmin_flag", true), ("admin_role_in_auth", true), ("user_id", 1), ("deleted", false), ("creation_time", "1999-01-01T00:00:00Z")])
        {
            request[field] = value;
        }

        using var made = await Harbor.Admin.PostAsJsonAsync(Users, request, Ct);
        var shown = await Harbor.Admin.JsonAsync(made.Headers.Location!.OriginalString);
        Assert.False(shown.GetProperty("sysadmin_flag").GetBoolean());
        Assert.NotEqual(1, shown.GetProperty("user_id").GetInt64());
        Assert.DoesNotContain("1999", shown.GetProperty("creation_time").GetString(), StringComparison.Ordinal);

        var self = Harbor.ClientAs(name, People.Password);
        using var changed = await self.PutAsJsonAsync(
            made.Headers.Location.OriginalString, new { email = $"{name}@example.com", realname = "x", username = "admin2", sysadmin_flag = true, password = "Other12345" }, Ct);
        shown = await self.JsonAsync(made.Headers.Location.OriginalString);
        Assert.Equal((name, false), (shown.GetProperty("username").GetString(), shown.GetProperty("sysadmin_flag").GetBoolean()));
    }

    [Theory]
    [InlineData("username", "ordinary", 409)]
    [InlineData("email", "ordinary@example.com", 409)]
    [InlineData("username", "anonymous", 409)]
    [InlineData("username", "", 400)]
    [InlineData("username", null, 400)]
    [InlineData("username", "a,b", 400)]
    [InlineData("username", "a\"b", 400)]
    [InlineData("username", "a~b", 400)]
    [InlineData("username", "a#b", 400)]
    [InlineData("username", "a%b", 400)]
    [InlineData("username", "a$b", 400)]
    [InlineData("username", "a\0b", 400)]
    [InlineData("email", "", 400)]
    [InlineData("email", null, 400)]
    [InlineData("email", "nonsense", 400)]
    [InlineData("email", "a b@example.com", 400)]
    [InlineData("email", "Ann <ann@example.com>", 400)]
    [InlineData("email", "a\0@example.com", 400)]
    [InlineData("realname", "", 400)]
    [InlineData("realname", "a#b", 400)]
    [InlineData("comment", "thirty-one characters, no less!", 400)]
    [InlineData("comment", "a\0b", 400)]
    [InlineData("password", "Short1", 400)]
    [InlineData("password", "alllowercase1", 400)]
    [InlineData("password", "ALLUPPERCASE1", 400)]
    [InlineData("password", "NoDigitsHere", 400)]
    [InlineData("password", null, 400)]
    [InlineData("user_id", "ignored", 201)]
    public async Task A_field_at_fault_is_refused(string field, string? value, int status)
    {
        var request = People.Request(name);
        request[field] = value;

        Assert.Equal(status, (int)(await Harbor.Admin.PostAsJsonAsync(Users, request, Ct)).StatusCode);
    }

    [Theory]
    [InlineData("username")]
    [InlineData("email")]
    public async Task Texts_longer_than_255_do_not_validate(string field)
    {
        var request = People.Request(name);
        request[field] = new string('a', 256);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Harbor.Admin.PostAsJsonAsync(Users, request, Ct)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"username\":7}")]
    public async Task A_body_that_is_not_a_user_does_not_validate(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        Assert.StartsWith("422 UNPROCESSABLE_ENTITY", await Harbor.Admin.PostAsync(Users, content, Ct).ToldAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_current_user_is_shown_to_himself_alone()
    {
        Assert.Equal("ordinary", (await Ordinary.JsonAsync($"{Users}/current")).GetProperty("username").GetString());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.GetAsync($"{Users}/current", Ct).ToldAsync());
    }

    [Fact]
    public async Task A_user_is_shown_to_himself_and_to_administrators()
    {
        Assert.Equal(HttpStatusCode.OK, (await Ordinary.GetAsync($"{Users}/{server.OrdinaryId}", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Harbor.Admin.GetAsync($"{Users}/{server.OrdinaryId}", Ct)).StatusCode);
        Assert.Equal("403 FORBIDDEN ordinary", await Ordinary.GetAsync($"{Users}/1", Ct).ToldAsync());
        Assert.Equal("403 FORBIDDEN ordinary", await Ordinary.GetAsync($"{Users}/999999", Ct).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.GetAsync($"{Users}/1", Ct).ToldAsync());
        Assert.Equal("404 NOT_FOUND user 999999 not found", await Harbor.Admin.GetAsync($"{Users}/999999", Ct).ToldAsync());
        Assert.StartsWith("422 UNPROCESSABLE_ENTITY", await Harbor.Admin.GetAsync($"{Users}/abc", Ct).ToldAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_for_administrators_and_leaves_out_the_built_in_one_and_the_deleted()
    {
        var gone = await Harbor.UserAsync(name);
        using var deleted = await Harbor.Admin.DeleteAsync($"{Users}/{gone}", Ct);

        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.GetAsync(Users, Ct).ToldAsync());
        Assert.Equal("403 FORBIDDEN ordinary", await Ordinary.GetAsync(Users, Ct).ToldAsync());
        var names = await NamesAsync($"{Users}?page_size=100");
        Assert.Contains("ordinary", names);
        Assert.DoesNotContain("admin", names);
        Assert.DoesNotContain(names, each => each.StartsWith(name + "#", StringComparison.Ordinal) || each == name);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(["admin"], await NamesAsync($"{Users}?q=user_id=1"));
    }

    [Fact]
    public async Task The_list_is_filtered_sorted_and_paged()
    {
        foreach (var suffix in (string[])["a", "b", "c"])
        {
            await Harbor.UserAsync($"{name}-x{suffix}");
        }

        Assert.Equal([$"{name}-xc", $"{name}-xb", $"{name}-xa"], await NamesAsync($"{Users}?q=username=~{name}-x&sort=-username"));
        Assert.Equal([$"{name}-xb"], await NamesAsync($"{Users}?q=username={name}-xb"));
        Assert.Equal([$"{name}-xb"], await NamesAsync($"{Users}?q=username_or_email={name}-xb@example.com"));
        Assert.Equal([$"{name}-xb"], await NamesAsync($"{Users}?username={name}-xb"));
        Assert.Equal([$"{name}-xb"], await NamesAsync($"{Users}?email={name}-xb@"));
        Assert.Equal(3, (await NamesAsync($"{Users}?q=username=~{name}-x,password_hash=~1,nonsense=2")).Count);
        Assert.Empty(await NamesAsync($"{Users}?q=username=~%25"));

        using var page = await Harbor.Admin.GetAsync($"{Users}?q=username=~{name}-x&page=2&page_size=1", Ct);
        Assert.Equal("3", page.Headers.GetValues("X-Total-Count").Single());
        Assert.Contains("rel=\"prev\" , <", page.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.StartsWith("422", await Harbor.Admin.GetAsync($"{Users}?page_size=101", Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("400 BAD_REQUEST", await Harbor.Admin.GetAsync($"{Users}?q=username", Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("400 BAD_REQUEST", await Harbor.Admin.GetAsync($"{Users}?q=username=a%2500b", Ct).ToldAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_answer_shows_anything_of_a_password()
    {
        foreach (var path in (string[])[$"{Users}?page_size=100", $"{Users}/current", $"{Users}/{server.OrdinaryId}", $"{Users}/search?username=o"])
        {
            var body = await Harbor.Admin.GetStringAsync(path, Ct);

            Assert.DoesNotContain("password", body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("salt", body, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Anybody_signed_in_finds_users_by_a_part_of_their_names_the_shortest_first()
    {
        await Harbor.UserAsync($"{name}-zz");
        await Harbor.UserAsync($"{name}-z");

        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.GetAsync($"{Users}/search?username=x", Ct).ToldAsync());
        var found = await Ordinary.JsonAsync($"{Users}/search?username={name}-z");
        Assert.Equal([$"{name}-z", $"{name}-zz"], found.EnumerateArray().Select(user => user.GetProperty("username").GetString()));
        Assert.Equal(["user_id", "username"], found[0].EnumerateObject().Select(property => property.Name).Order());
        Assert.Single((await Ordinary.JsonAsync($"{Users}/search?username={name}-z&page_size=1&page=2")).EnumerateArray());
        Assert.Equal(2, (await Ordinary.JsonAsync($"{Users}/search?username={name}-_")).GetArrayLength());
        Assert.Equal("[]", (await Ordinary.JsonAsync($"{Users}/search?username=admin")).GetRawText());
        Assert.StartsWith("422", await Ordinary.GetAsync($"{Users}/search", Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Ordinary.GetAsync($"{Users}/search?username=%5C", Ct)).StatusCode);
        Assert.StartsWith("400", await Ordinary.GetAsync($"{Users}/search?username=%00", Ct).ToldAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_is_changed_by_its_owner_and_by_administrators()
    {
        var id = await Harbor.UserAsync(name);
        var self = Harbor.ClientAs(name, People.Password);
        static object Profile(string email, string realname = "New", string comment = "c") => new { email, realname, comment };

        Assert.Equal("200", await self.PutAsJsonAsync($"{Users}/{id}", Profile($"{name}.1@example.com"), Ct).ToldAsync());
        Assert.Equal("200", await Harbor.Admin.PutAsJsonAsync($"{Users}/{id}", Profile($"{name}.2@example.com"), Ct).ToldAsync());
        Assert.Equal("403 FORBIDDEN ordinary", await Ordinary.PutAsJsonAsync($"{Users}/{id}", Profile("x@example.com"), Ct).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.PutAsJsonAsync($"{Users}/{id}", Profile("x@example.com"), Ct).ToldAsync());
        Assert.Equal("404 NOT_FOUND user 999999 not found", await Harbor.Admin.PutAsJsonAsync($"{Users}/999999", Profile("x@example.com"), Ct).ToldAsync());
        Assert.StartsWith("409 CONFLICT", await self.PutAsJsonAsync($"{Users}/{id}", Profile("ordinary@example.com"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("400 BAD_REQUEST", await self.PutAsJsonAsync($"{Users}/{id}", Profile("nonsense"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("400 BAD_REQUEST", await self.PutAsJsonAsync($"{Users}/{id}", Profile("x@example.com", realname: ""), Ct).ToldAsync(), StringComparison.Ordinal);

        Assert.Equal($"{name}.2@example.com", (await self.JsonAsync($"{Users}/{id}")).GetProperty("email").GetString());
        Assert.Equal(HttpStatusCode.OK, (await Harbor.ClientAs($"{name}.2@example.com", People.Password).GetAsync($"{Users}/current", Ct)).StatusCode);
    }

    [Fact]
    public async Task A_password_is_changed_by_its_owner_who_knows_it_and_by_administrators_who_need_not()
    {
        var id = await Harbor.UserAsync(name);
        var self = Harbor.ClientAs(name, People.Password);
        var path = $"{Users}/{id}/password";
        static object Change(string? old, string? next) => new { old_password = old, new_password = next };

        Assert.Equal("403 FORBIDDEN Current password is incorrect", await self.PutAsJsonAsync(path, Change("Wrong12345", "Changed12345"), Ct).ToldAsync());
        Assert.Equal("403 FORBIDDEN Current password is incorrect", await self.PutAsJsonAsync(path, Change(null, "Changed12345"), Ct).ToldAsync());
        Assert.StartsWith("400 BAD_REQUEST", await self.PutAsJsonAsync(path, Change(People.Password, "weak"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("400 BAD_REQUEST", await self.PutAsJsonAsync(path, Change(People.Password, People.Password), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("400 BAD_REQUEST", await Harbor.Admin.PutAsJsonAsync(path, Change(null, People.Password), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.Equal("403 FORBIDDEN ordinary", await Ordinary.PutAsJsonAsync(path, Change(People.Password, "Changed12345"), Ct).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.PutAsJsonAsync(path, Change(People.Password, "Changed12345"), Ct).ToldAsync());
        Assert.Equal("404 NOT_FOUND user 999999 not found", await Harbor.Admin.PutAsJsonAsync($"{Users}/999999/password", Change(null, "Changed12345"), Ct).ToldAsync());

        Assert.Equal("200", await self.PutAsJsonAsync(path, Change(People.Password, "Changed12345"), Ct).ToldAsync());
        Assert.Equal("200", await Harbor.Admin.PutAsJsonAsync(path, Change(null, "Again12345"), Ct).ToldAsync());
        Assert.Equal(HttpStatusCode.OK, (await Harbor.ClientAs(name, "Again12345").GetAsync($"{Users}/current", Ct)).StatusCode);
    }

    [Fact]
    public async Task Administrators_make_administrators()
    {
        var id = await Harbor.UserAsync(name);
        var self = Harbor.ClientAs(name, People.Password);
        var path = $"{Users}/{id}/sysadmin";

        Assert.Equal($"403 FORBIDDEN {name}", await self.PutAsJsonAsync(path, new { sysadmin_flag = true }, Ct).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.PutAsJsonAsync(path, new { sysadmin_flag = true }, Ct).ToldAsync());
        Assert.Equal("404 NOT_FOUND user 999999 not found", await Harbor.Admin.PutAsJsonAsync($"{Users}/999999/sysadmin", new { sysadmin_flag = true }, Ct).ToldAsync());

        Assert.Equal("200", await Harbor.Admin.PutAsJsonAsync(path, new { sysadmin_flag = true }, Ct).ToldAsync());
        Assert.Equal(HttpStatusCode.OK, (await self.GetAsync(Users, Ct)).StatusCode);
        Assert.Equal("200", await Harbor.Admin.PutAsJsonAsync(path, new { sysadmin_flag = false }, Ct).ToldAsync());
        Assert.Equal($"403 FORBIDDEN {name}", await self.GetAsync(Users, Ct).ToldAsync());
    }

    [Fact]
    public async Task A_deleted_users_name_is_free_and_his_memberships_are_gone()
    {
        var project = await Harbor.ProjectAsync();
        var id = await Harbor.UserAsync(name);
        await Harbor.MemberAsync(project, name, 2);

        Assert.Equal("403 FORBIDDEN ordinary", await Ordinary.DeleteAsync($"{Users}/{id}", Ct).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.DeleteAsync($"{Users}/{id}", Ct).ToldAsync());
        Assert.Equal("200", await Harbor.Admin.DeleteAsync($"{Users}/{id}", Ct).ToldAsync());
        Assert.Equal($"404 NOT_FOUND user {id} not found", await Harbor.Admin.DeleteAsync($"{Users}/{id}", Ct).ToldAsync());
        Assert.Equal($"404 NOT_FOUND user {id} not found", await Harbor.Admin.GetAsync($"{Users}/{id}", Ct).ToldAsync());

        Assert.Equal(0L, await Harbor.Database.QueryAsync($"SELECT count(*) FROM project_member WHERE entity_id = {id}"));
        Assert.Equal($"{name}#{id} {name}@example.com#{id}", await Harbor.Database.QueryAsync($"SELECT username || ' ' || email FROM harbor_user WHERE id = {id}"));
        Assert.NotEqual(id, await Harbor.UserAsync(name));
        Assert.Equal(HttpStatusCode.Forbidden, (await Harbor.ClientAs(name, People.Password).GetAsync($"/api/v2.0/projects/{project}/members", Ct)).StatusCode);
    }

    [Fact]
    public async Task Where_the_deleted_are_to_be_forgotten_nothing_of_their_names_is_left()
    {
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions { ForgetDeletedUsers = true });
        var id = await harbor.UserAsync("ann");
        using var deleted = await harbor.Admin.DeleteAsync($"{Users}/{id}", Ct);

        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Matches($"^[0-9a-f]{{8}}#{id} [0-9a-f]{{8}}#{id} [0-9a-f]{{8}}#{id}$", (string?)await harbor.Database.QueryAsync(
            $"SELECT username || ' ' || email || ' ' || realname FROM harbor_user WHERE id = {id}"));
    }

    [Theory]
    [InlineData("0", 404)]
    [InlineData("-1", 404)]
    [InlineData("2", 404)]
    [InlineData("9223372036854775807", 404)]
    [InlineData("9223372036854775808", 422)]
    [InlineData("-9223372036854775809", 422)]
    [InlineData("1.0", 422)]
    [InlineData("0x1", 422)]
    [InlineData("%20", 422)]
    [InlineData("%00", 400)]
    [InlineData("١", 422)]
    public async Task Ids_that_no_user_has_are_answered_in_kind_by_every_operation(string id, int status)
    {
        foreach (var (method, path, body) in ((HttpMethod, string, object?)[])
            [
                (HttpMethod.Get, "", null), (HttpMethod.Delete, "", null), (HttpMethod.Put, "", new { email = "x@example.com", realname = "x" }),
                (HttpMethod.Put, "/password", new { new_password = "Changed12345" }), (HttpMethod.Put, "/sysadmin", new { sysadmin_flag = true }),
            ])
        {
            using var answer = await Api.ApiClient.CallAsync(Harbor.Admin, method, $"{Users}/{id}{path}", body);
            var told = await answer.ToldAsync();
            Assert.True((int)answer.StatusCode == status, $"{method} {id}{path}: {told}");
            using var refused = await Api.ApiClient.CallAsync(Ordinary, method, $"{Users}/{id}{path}", body);
            Assert.Contains((int)refused.StatusCode, (int[])[400, 403, 422]);
        }
    }

    [Theory]
    [InlineData("größe")]
    [InlineData("山田太郎")]
    [InlineData("émile 😀 o'neil;--")]
    [InlineData("a:b")]
    public async Task Names_may_be_in_any_script(string username)
    {
        var id = await MakeAsync(username);

        Assert.Equal(username, (await Harbor.Admin.JsonAsync($"{Users}/{id}")).GetProperty("username").GetString());
        Assert.Equal([username], await NamesAsync($"{Users}?q={Uri.EscapeDataString($"username={username}")}"));
        using var browser = new Browser(Harbor);
        Assert.Equal(HttpStatusCode.OK, await browser.SignInAsync(username));
    }

    [Fact]
    public async Task Names_of_255_characters_of_any_kind_are_good_and_their_users_sign_in_and_go()
    {
        var longest = string.Concat(Enumerable.Repeat("😀", 255 - name.Length)) + name;
        var id = await MakeAsync(longest);

        Assert.Equal(HttpStatusCode.OK, (await Harbor.ClientAs(longest, People.Password).GetAsync($"{Users}/current", Ct)).StatusCode);
        Assert.Equal("200", await Harbor.Admin.DeleteAsync($"{Users}/{id}", Ct).ToldAsync());
    }

    [Fact]
    public async Task Of_many_who_make_one_user_at_once_one_does_and_nobody_meets_a_fault()
    {
        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ => (int)(await Harbor.Admin.PostAsJsonAsync(Users, People.Request(name), Ct)).StatusCode));

        Assert.Equal(1, statuses.Count(status => status == 201));
        Assert.All(statuses, status => Assert.Contains(status, (int[])[201, 409, 429]));
    }

    [Fact]
    public async Task Nobody_deletes_himself_or_the_built_in_administrator()
    {
        var id = await Harbor.UserAsync(name);
        using var raised = await Harbor.Admin.PutAsJsonAsync($"{Users}/{id}/sysadmin", new { sysadmin_flag = true }, Ct);
        var self = Harbor.ClientAs(name, People.Password);

        Assert.StartsWith("403 FORBIDDEN", await self.DeleteAsync($"{Users}/{id}", Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 FORBIDDEN", await self.DeleteAsync($"{Users}/1", Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 FORBIDDEN", await Harbor.Admin.DeleteAsync($"{Users}/1", Ct).ToldAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callers_learn_what_they_may_do()
    {
        var project = await Harbor.ProjectAsync();
        await Harbor.UserAsync(name);
        await Harbor.MemberAsync(project, name, 3);
        var id = (await Harbor.Admin.JsonAsync($"/api/v2.0/projects/{project}")).GetProperty("project_id").GetInt64();
        var guest = Harbor.ClientAs(name, People.Password);

        var full = await PermissionsAsync(guest, $"?scope=/project/{id}");
        var relative = await PermissionsAsync(guest, $"?scope=/project/{id}&relative=true");
        Assert.Equal(20, full.Count);
        Assert.Contains($"/project/{id} read", full);
        Assert.Contains($"/project/{id}/repository pull", full);
        Assert.Contains(". read", relative);
        Assert.Contains("repository pull", relative);
        Assert.DoesNotContain("repository push", relative);

        Assert.Empty(await PermissionsAsync(Ordinary, $"?scope=/project/{id}"));
        Assert.Empty(await PermissionsAsync(guest, "?scope=/system"));
        Assert.Contains("/system/user create", await PermissionsAsync(Harbor.Admin, "?scope=/system"));
        foreach (var scope in (string[])["", "?scope=", "?scope=/nonsense", "?scope=/project/", "?scope=/project/x", "?scope=/project/999999", $"?scope=/project/{id}/", "?scope=/project/99999999999999999999"])
        {
            Assert.Empty(await PermissionsAsync(Harbor.Admin, scope));
        }

        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.GetAsync($"{Users}/current/permissions", Ct).ToldAsync());
    }

    private async Task<long> MakeAsync(string username)
    {
        var request = People.Request(username);
        (request["email"], request["realname"]) = ($"{name}.{Interlocked.Increment(ref count)}@example.com", "x");
        using var made = await Harbor.Admin.PostAsJsonAsync(Users, request, Ct);
        Assert.Equal("201", await made.ToldAsync());
        return long.Parse(made.Headers.Location!.OriginalString.Split('/')[^1], null);
    }

    private async Task<List<string>> NamesAsync(string path) =>
        [.. (await Harbor.Admin.JsonAsync(path)).EnumerateArray().Select(user => user.GetProperty("username").GetString()!)];

    private static async Task<List<string>> PermissionsAsync(HttpClient client, string query) =>
        [.. (await client.JsonAsync($"{Users}/current/permissions{query}")).EnumerateArray().Select(each => $"{each.GetProperty("resource")} {each.GetProperty("action")}")];

    public sealed class Server : IAsyncLifetime
    {
        public TestHarbor Harbor { get; private set; } = null!;

        public long OrdinaryId { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Harbor = await TestHarbor.StartAsync();
            OrdinaryId = await Harbor.UserAsync("ordinary");
        }

        public ValueTask DisposeAsync() => Harbor.DisposeAsync();
    }
}
