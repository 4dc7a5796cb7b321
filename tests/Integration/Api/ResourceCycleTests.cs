using System.Text.Json.Nodes;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>Each resource lives as a tool that declares resources makes it live: made, read, sent again, changed, read, deleted, gone. What was
/// sent is what is read, and sending the same again changes nothing.</summary>
public sealed class ResourceCycleTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Root = "/api/v2.0";

    // Stands in a change for the id that the making answered.
    private const string OwnId = "OWN-ID";

    private const string Access = """[{"resource":"repository","action":"pull"},{"resource":"repository","action":"push"}]""";

    [Fact]
    public async Task A_project() => await LiveAsync(
        "/projects",
        $$"""{"project_name":"{{ApiFixture.Unique("cycle")}}","metadata":{"public":"false","auto_scan":"true","severity":"high","prevent_vul":"true"} }""",
        """{"metadata":{"public":"true","auto_scan":"false","severity":"low","enable_content_trust_cosign":"true"},"cve_allowlist":{"items":[{"cve_id":"CVE-2030-1"}],"expires_at":1900000000}}""",
        ["metadata", "cve_allowlist"]);

    [Fact]
    public async Task A_robot_of_the_system()
    {
        var name = ApiFixture.Unique("cycle");
        string Robot(string called, string more) =>
            $$"""{"name":"{{called}}","level":"system","description":"d","duration":30,"permissions":[{"kind":"project","namespace":"*","access":{{Access}}},{"kind":"system","namespace":"/","access":[{"resource":"project","action":"list"}]}]{{more}}}""";

        await LiveAsync("/robots", Robot(name, ""), Robot($"robot${name}", ",\"disable\":true"), ["level", "description", "duration", "disable", "permissions"]);
    }

    [Fact]
    public async Task A_robot_of_a_project()
    {
        var (project, name) = (await api.ProjectAsync(), ApiFixture.Unique("cycle"));
        string Robot(string called, string description) =>
            $$"""{"name":"{{called}}","level":"project","description":"{{description}}","duration":-1,"permissions":[{"kind":"project","namespace":"{{project}}","access":{{Access}}}]}""";

        await LiveAsync("/robots", Robot(name, "made"), Robot($"robot${project}+{name}", "changed"), ["level", "description", "duration", "permissions"]);
    }

    [Fact]
    public async Task A_label()
    {
        var name = ApiFixture.Unique("cycle");

        await LiveAsync(
            "/labels",
            $$"""{"name":"{{name}}","description":"d","color":"#48960C","scope":"g"}""",
            $$"""{"name":"{{name}}-2","description":"","color":"#0065AB","scope":"g"}""",
            ["name", "color", "scope"]);
    }

    [Fact]
    public async Task A_label_of_a_project()
    {
        var (id, name) = (await api.ProjectIdAsync(await api.ProjectAsync()), ApiFixture.Unique("cycle"));
        string Label(string description) => $$"""{"name":"{{name}}","description":"{{description}}","color":"#48960C","scope":"p","project_id":{{id}}}""";

        await LiveAsync("/labels", Label("made"), Label("changed"), ["name", "description", "color", "scope", "project_id"]);
    }

    [Fact]
    public async Task An_immutability_rule()
    {
        var rules = $"/projects/{await api.ProjectAsync()}/immutabletagrules";
        static string Rule(string tags, string more) =>
            $$"""{"action":"immutable","template":"immutable_template","tag_selectors":[{"kind":"doublestar","decoration":"matches","pattern":"{{tags}}"}],"scope_selectors":{"repository":[{"kind":"doublestar","decoration":"repoMatches","pattern":"**"}]}{{more}}}""";

        // A rule is read in the list alone.
        await LiveAsync(rules, Rule("v*", ""), Rule("release-*", $",\"id\":{OwnId}"), ["action", "template", "tag_selectors", "scope_selectors"], isListed: true);
    }

    [Fact]
    public async Task A_member()
    {
        var (userId, _, _) = await api.UserAsync();

        await LiveAsync($"/projects/{await api.ProjectAsync()}/members", $$"""{"role_id":2,"member_user":{"user_id":{{userId}} } }""", """{"role_id":4}""", ["role_id"]);
    }

    [Fact]
    public async Task A_group()
    {
        var name = ApiFixture.Unique("cycle");

        await LiveAsync("/usergroups", $$"""{"group_name":"{{name}}","group_type":3}""", $$"""{"group_name":"{{name}}-2","group_type":3}""", ["group_name", "group_type"]);
    }

    [Fact]
    public async Task A_user()
    {
        var name = ApiFixture.Unique("cycle");
        string User(string realname) => $$"""{"username":"{{name}}","password":"Secret12345","email":"{{name}}@example.com","realname":"{{realname}}","comment":"c"}""";

        await LiveAsync("/users", User("Made"), User("Changed"), ["username", "email", "realname", "comment"]);
    }

    [Fact]
    public async Task The_configuration()
    {
        foreach (var (minutes, robots) in ((int, string)[])[(45, "ci$"), (45, "ci$"), (30, "robot$")])
        {
            await ExpectAsync(200, HttpMethod.Put, "/configurations", $$"""{"session_timeout":{{minutes}},"robot_name_prefix":"{{robots}}","banner_message":""}""");
            var read = await api.Admin.JsonAsync($"{Root}/configurations");
            Assert.Equal((minutes, robots, ""), ((int)read["session_timeout"]!["value"]!, (string)read["robot_name_prefix"]!["value"]!, (string)read["banner_message"]!["value"]!));
        }
    }

    [Fact]
    public async Task A_quota()
    {
        var project = await api.ProjectIdAsync(await api.ProjectAsync());
        var id = (long)(await api.Admin.JsonAsync($"{Root}/quotas?reference=project&reference_id={project}"))[0]!["id"]!;
        foreach (var limit in (long[])[5_000_000, 5_000_000, -1])
        {
            await ExpectAsync(200, HttpMethod.Put, $"/quotas/{id}", $$"""{"hard":{"storage":{{limit}} } }""");
            Assert.Equal(limit, (long)(await api.Admin.JsonAsync($"{Root}/quotas/{id}"))["hard"]!["storage"]!);
        }
    }

    /// <param name="compared">Fields that must be read as they were sent.</param>
    /// <param name="isListed">Whether a single one cannot be asked for.</param>
    private async Task LiveAsync(string collection, string made, string changed, string[] compared, bool isListed = false)
    {
        using var created = await api.Admin.CallTextAsync(HttpMethod.Post, Root + collection, made);
        Assert.True((int)created.StatusCode == 201, await created.BodyAsync());
        var path = $"{collection}/{created.IdIn()}";
        changed = changed.Replace(OwnId, $"{created.IdIn()}", StringComparison.Ordinal);
        AssertRead(made, await ReadAsync(), compared);
        Assert.Equal((await ReadAsync()).ToJsonString(), (await ReadAsync()).ToJsonString());

        await ExpectAsync(200, HttpMethod.Put, path, changed);
        var once = await ReadAsync();
        AssertRead(changed, once, compared);
        await ExpectAsync(200, HttpMethod.Put, path, changed);
        Assert.Equal(Timeless(once), Timeless(await ReadAsync()));

        await ExpectAsync(200, HttpMethod.Delete, path, "");
        if (isListed)
        {
            Assert.Empty((await api.Admin.JsonAsync(Root + collection)).AsArray());
        }
        else
        {
            Assert.Equal(404, (await api.Admin.RefusalAsync(Root + path)).Status);
        }

        async Task<JsonNode> ReadAsync() =>
            isListed ? Assert.Single((await api.Admin.JsonAsync(Root + collection)).AsArray())! : await api.Admin.JsonAsync(Root + path);
    }

    private static void AssertRead(string sent, JsonNode read, string[] compared)
    {
        foreach (var field in compared)
        {
            if (JsonNode.Parse(sent)![field] is { } wanted)
            {
                Assert.True(IsIn(wanted, read[field]), $"{field} was sent as {wanted.ToJsonString()} and is read as {read[field]?.ToJsonString()}");
            }
        }
    }

    // What was sent is there; the server may add fields, such as the times of an allowlist.
    private static bool IsIn(JsonNode sent, JsonNode? read) => (sent, read) switch
    {
        (JsonObject object_, JsonObject other) => object_.All(field => IsIn(field.Value!, other[field.Key])),
        (JsonArray list, JsonArray other) => list.Count == other.Count && list.All(item => other.Any(each => IsIn(item!, each))),
        _ => JsonNode.DeepEquals(sent, read),
    };

    private static string Timeless(JsonNode read)
    {
        var copy = read.DeepClone();
        copy.AsObject().Remove("update_time");
        copy["cve_allowlist"]?.AsObject().Remove("update_time");
        return copy.ToJsonString();
    }

    private async Task ExpectAsync(int status, HttpMethod method, string path, string body)
    {
        using var answer = await api.Admin.CallTextAsync(method, Root + path, body);
        Assert.True((int)answer.StatusCode == status, $"{method} {path}: {(int)answer.StatusCode} {await answer.BodyAsync()}");
    }
}
