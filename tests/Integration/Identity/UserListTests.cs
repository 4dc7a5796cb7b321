using System.Net;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>Who is shown users, one or many, and what of them.</summary>
public sealed class UserListTests(UserServer server) : IClassFixture<UserServer>
{
    private const string Users = "/api/v2.0/users";

    private readonly string name = UserServer.Unique();

    private TestHarbor Harbor => server.Harbor;

    private HttpClient Ordinary => Harbor.ClientAs("ordinary", People.Password);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

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

    private async Task<List<string>> NamesAsync(string path) =>
        [.. (await Harbor.Admin.JsonAsync(path)).EnumerateArray().Select(user => user.GetProperty("username").GetString()!)];

    private static async Task<List<string>> PermissionsAsync(HttpClient client, string query) =>
        [.. (await client.JsonAsync($"{Users}/current/permissions{query}")).EnumerateArray().Select(each => $"{each.GetProperty("resource")} {each.GetProperty("action")}")];
}
