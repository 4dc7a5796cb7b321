using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Harbor.Integration.Api;
using Harbor.Modules.Access;
using Harbor.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>What people may do by the groups that they bring from their sign-in.</summary>
public sealed class GroupRightsTests(GroupRightsTests.Server server) : IClassFixture<GroupRightsTests.Server>, IAsyncLifetime
{
    private static int names;

    private readonly string name = $"grp{Interlocked.Increment(ref names)}";
    private readonly ApiFixture api = new(server.Harbor);

    private string closed = null!;
    private string other = null!;
    private long user;
    private long developers;
    private long admins;

    private TestHarbor Harbor => server.Harbor;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (closed, other) = (await api.ProjectAsync(), await api.ProjectAsync());
        user = await Harbor.UserAsync(name);
        (developers, admins) = (await Harbor.GroupAsync($"{name}-developers"), await Harbor.GroupAsync($"{name}-admins"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_groups_role_counts_from_the_next_request_on_here_and_soon_on_other_replicas()
    {
        await using var replica = await Harbor.ReplicaAsync(Server.Trust);
        using var here = Caller(Harbor, developers);
        using var there = Caller(replica, developers);
        using var without = Caller(Harbor);
        Assert.Equal((403, 403), (await StatusAsync(here), await StatusAsync(there)));

        var membership = await Harbor.GroupMemberAsync(closed, developers, (int)Role.Guest);
        Assert.Equal((200, 403), (await StatusAsync(here), await StatusAsync(without)));
        await Within3SecondsAsync(async () => await StatusAsync(there) == 200);
        Assert.Equal(403, await WriteAsync(here));

        using var raised = await Harbor.Admin.CallAsync(HttpMethod.Put, $"/api/v2.0/projects/{closed}/members/{membership}", new { role_id = 1 });
        Assert.Equal(200, await WriteAsync(here));
        await Within3SecondsAsync(async () => await WriteAsync(there) == 200);

        using var ended = await Harbor.Admin.DeleteAsync($"/api/v2.0/projects/{closed}/members/{membership}", Ct);
        Assert.Equal(403, await StatusAsync(here));
        await Within3SecondsAsync(async () => await StatusAsync(there) == 403);

        await Harbor.GroupMemberAsync(closed, developers, (int)Role.Guest);
        Assert.Equal(200, await StatusAsync(here));
        using var gone = await Harbor.Admin.DeleteAsync($"/api/v2.0/usergroups/{developers}", Ct);
        Assert.Equal(403, await StatusAsync(here));
        await Within3SecondsAsync(async () => await StatusAsync(there) == 403);
    }

    [Fact]
    public async Task Roles_of_the_user_and_of_all_his_groups_add_up()
    {
        await Harbor.MemberAsync(closed, name, (int)Role.LimitedGuest);
        await Harbor.GroupMemberAsync(closed, developers, (int)Role.Developer);
        await Harbor.GroupMemberAsync(closed, admins, (int)Role.Developer);
        await Harbor.GroupMemberAsync(other, admins, (int)Role.Maintainer);
        using var caller = Caller(Harbor, developers, admins);

        var project = await ApiClient.JsonAsync(caller, $"/api/v2.0/projects/{closed}");
        Assert.Equal((2, "[2,5]"), ((int)project["current_user_role_id"]!, project["current_user_role_ids"]!.ToJsonString()));
        Assert.Equal("[4]", (await ApiClient.JsonAsync(caller, $"/api/v2.0/projects/{other}"))["current_user_role_ids"]!.ToJsonString());

        using var half = Caller(Harbor, developers);
        Assert.Equal(403, await StatusAsync(half, other));
    }

    [Fact]
    public async Task Lists_searches_counts_and_tokens_know_what_comes_by_a_group()
    {
        await Harbor.GroupMemberAsync(closed, developers, (int)Role.Developer);
        await Harbor.MemberAsync(other, name, (int)Role.Guest);
        await api.ArtifactAsync(closed, "web", ["v1"]);
        using var caller = Caller(Harbor, developers);
        using var without = Caller(Harbor);

        Assert.Equal(new[] { closed, other }.Order(StringComparer.Ordinal), (await ApiClient.JsonAsync(caller, "/api/v2.0/projects?public=false")).Names());
        Assert.Equal([other], (await ApiClient.JsonAsync(without, "/api/v2.0/projects?public=false")).Names());
        Assert.Equal([$"{closed}/web"], (await ApiClient.JsonAsync(caller, "/api/v2.0/repositories")).Names());
        Assert.Empty((await ApiClient.JsonAsync(without, "/api/v2.0/repositories")).AsArray());

        var found = await ApiClient.JsonAsync(caller, $"/api/v2.0/search?q={closed}");
        Assert.Equal([closed], found["project"]!.Names());
        Assert.Equal([$"{closed}/web"], found["repository"]!.Names("repository_name"));
        Assert.Empty((await ApiClient.JsonAsync(without, $"/api/v2.0/search?q={closed}"))["repository"]!.AsArray());

        var counted = await ApiClient.JsonAsync(caller, "/api/v2.0/statistics");
        Assert.Equal((2, 1), ((int)counted["private_project_count"]!, (int)counted["private_repo_count"]!));

        var id = await api.ProjectIdAsync(closed);
        Assert.Contains($"/project/{id}/repository push", await PermissionsAsync(caller, id));
        Assert.Empty(await PermissionsAsync(without, id));

        Assert.Equal("pull,push", await GrantedAsync(caller));
        Assert.Equal("", await GrantedAsync(without));
    }

    [Fact]
    public async Task Who_administers_a_project_by_a_group_learns_what_its_robots_may_be_granted()
    {
        using var caller = Caller(Harbor, admins);
        Assert.Equal($"403 FORBIDDEN {name}", await caller.GetAsync("/api/v2.0/permissions", Ct).ToldAsync());

        await Harbor.GroupMemberAsync(closed, admins, (int)Role.ProjectAdmin);

        var permissions = await ApiClient.JsonAsync(caller, "/api/v2.0/permissions");
        Assert.Null(permissions["system"]);
        Assert.NotEmpty(permissions["project"]!.AsArray());
    }

    [Fact]
    public async Task A_session_keeps_the_groups_that_it_began_with()
    {
        await Harbor.GroupMemberAsync(closed, developers, (int)Role.Developer);
        using var browser = new Browser(Harbor);
        await browser.SignInAsync(name);
        await Harbor.Database.QueryAsync($"UPDATE user_session SET group_ids = ARRAY[{developers}, 987654321] WHERE user_id = {user}");

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/api/v2.0/projects/{closed}")).StatusCode);
        await browser.SignInAsync(name);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync($"/api/v2.0/projects/{closed}")).StatusCode);
    }

    [Fact]
    public async Task An_administrator_by_the_word_of_his_sign_in_is_one_for_that_session_alone()
    {
        using var browser = new Browser(Harbor);
        await browser.SignInAsync(name);
        await Harbor.Database.QueryAsync($"UPDATE user_session SET admin_in_auth = true WHERE user_id = {user}");

        using var own = await browser.GetAsync("/api/v2.0/users/current");
        var shown = await own.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal((false, true), (shown.GetProperty("sysadmin_flag").GetBoolean(), shown.GetProperty("admin_role_in_auth").GetBoolean()));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/v2.0/users")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/api/v2.0/projects/{closed}")).StatusCode);

        Assert.False((await ApiClient.JsonAsync(Harbor.Admin, $"/api/v2.0/users/{user}"))["admin_role_in_auth"]!.GetValue<bool>());
        Assert.Equal(HttpStatusCode.Forbidden, (await Harbor.ClientAs(name, People.Password).GetAsync("/api/v2.0/users", Ct)).StatusCode);
    }

    [Fact]
    public async Task However_many_groups_somebody_brings_his_roles_are_read_by_one_statement_and_then_by_none()
    {
        await Harbor.GroupMemberAsync(closed, developers, (int)Role.Developer);
        using var caller = Caller(Harbor, [developers, .. Enumerable.Range(1_000_000, 500).Select(id => (long)id)]);
        using var statements = new SqlStatements(Harbor);

        Assert.Equal(200, await StatusAsync(caller));
        Assert.Equal(1, statements.Take().Count(sql => sql.Contains("project_member", StringComparison.Ordinal)));
        Assert.Equal(200, await StatusAsync(caller));
        Assert.Equal(0, statements.Take().Count(sql => sql.Contains("project_member", StringComparison.Ordinal)));
    }

    private HttpClient Caller(TestHarbor at, params long[] groups)
    {
        var client = TestHarbor.Client(at.Url);
        client.DefaultRequestHeaders.Add(Server.Header, $"{user} {name} ,{string.Join(',', groups)}");
        return client;
    }

    private Task<int> StatusAsync(HttpClient caller) => StatusAsync(caller, closed);

    private static async Task<int> StatusAsync(HttpClient caller, string project)
    {
        using var answer = await caller.GetAsync($"/api/v2.0/projects/{project}", Ct);
        return (int)answer.StatusCode;
    }

    private async Task<int> WriteAsync(HttpClient caller)
    {
        using var answer = await caller.CallAsync(HttpMethod.Put, $"/api/v2.0/projects/{closed}", new { metadata = new { auto_scan = "true" } });
        return (int)answer.StatusCode;
    }

    private static async Task<List<string>> PermissionsAsync(HttpClient caller, long project) =>
        [.. (await ApiClient.JsonAsync(caller, $"/api/v2.0/users/current/permissions?scope=/project/{project}")).AsArray().Select(each => $"{each!["resource"]} {each["action"]}")];

    private async Task<string> GrantedAsync(HttpClient caller)
    {
        using var answer = await caller.GetAsync($"/service/token?service=harbor-registry&scope=repository:{closed}/web:pull,push,delete", Ct);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("token").GetString()!;
        var payload = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;
        return string.Join(',', payload.GetProperty("access")[0].GetProperty("actions").EnumerateArray().Select(action => action.GetString()));
    }

    private static async Task Within3SecondsAsync(Func<Task<bool>> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 3);
        }
    }

    /// <summary>A server that believes a header who is calling and in which groups, in place of a system where people sign in.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public const string Header = "Test-Caller";

        public TestHarbor Harbor { get; private set; } = null!;

        public static void Trust(IServiceCollection services) => services.AddSingleton<IAuthenticator, HeaderAuthenticator>();

        public async ValueTask InitializeAsync() => Harbor = await TestHarbor.StartAsync(new TestHarborOptions { Services = Trust });

        public ValueTask DisposeAsync() => Harbor.DisposeAsync();

        private sealed class HeaderAuthenticator(IProjectDirectory projects) : IAuthenticator
        {
            public AuthenticationStep Step => AuthenticationStep.IdToken;

            public ValueTask<SecurityContext?> AuthenticateAsync(HttpContext http, CancellationToken ct) =>
                ValueTask.FromResult<SecurityContext?>(http.Request.Headers[Header].ToString().Split(' ') is [var id, var name, var groups]
                    ? new UserContext(long.Parse(id, null), name, isSystemAdmin: false, projects)
                    {
                        Groups = [.. groups.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(group => long.Parse(group, null))],
                    }
                    : null);
        }
    }
}
