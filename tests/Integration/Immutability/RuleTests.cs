using Harbor.Integration.Api;
using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Integration.Immutability;

/// <summary>The rules that make tags immutable, as they are made, shown, changed and deleted.</summary>
public sealed class RuleTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_rule_is_shown_as_it_was_made_without_what_is_nothing()
    {
        var project = await api.ProjectAsync();
        var id = await MakeAsync(project, "v*", "team/**");

        var shown = Assert.Single((await api.Admin.JsonAsync(Path(project))).AsArray())!;

        Assert.Equal(
            $$$"""{"id":{{{id}}},"action":"immutable","template":"immutable_template","tag_selectors":[{"kind":"doublestar","decoration":"matches","pattern":"v*"}],"scope_selectors":{"repository":[{"kind":"doublestar","decoration":"repoMatches","pattern":"team/**"}]}}""",
            shown.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public async Task Rules_are_listed_by_id_whatever_order_is_asked_for()
    {
        var project = await api.ProjectAsync();
        var ids = new List<long>();
        foreach (var tag in (string[])["b", "a", "c"])
        {
            ids.Add(await MakeAsync(project, tag));
        }

        Assert.Equal(ids, await IdsAsync("?sort=-id"));
        Assert.Equal([ids[2]], await IdsAsync("?page=2&page_size=2"));
        Assert.Equal(ids, (await api.Admin.JsonAsync($"{Path($"{await api.ProjectIdAsync(project)}")}")).AsArray().Select(each => (long)each!["id"]!));
        using var page = await api.Admin.GetAsync(Path(project) + "?page_size=1");
        Assert.Equal("3", page.Headers.GetValues("X-Total-Count").Single());

        async Task<IEnumerable<long>> IdsAsync(string query) => (await api.Admin.JsonAsync(Path(project) + query)).AsArray().Select(each => (long)each!["id"]!);
    }

    [Fact]
    public async Task The_same_rule_is_refused_a_second_time_whatever_id_it_is_sent_with()
    {
        var project = await api.ProjectAsync();
        await MakeAsync(project, "v*");

        using var again = await SendAsync(api.Admin, HttpMethod.Post, Path(project), Rule("v*", id: 77, disabled: true));

        Assert.Equal((409, "CONFLICT", "immutable rule already exists"), await again.RefusalAsync());
        await MakeAsync(await api.ProjectAsync(), "v*");
    }

    [Fact]
    public async Task A_new_rule_is_switched_on_whatever_is_sent()
    {
        var project = await api.ProjectAsync();
        using var made = await SendAsync(api.Admin, HttpMethod.Post, Path(project), Rule("v*", disabled: true));

        Assert.Equal(201, (int)made.StatusCode);
        Assert.False((await api.Admin.JsonAsync(Path(project)))[0]!.AsObject().ContainsKey("disabled"));
    }

    [Fact]
    public async Task A_change_switches_or_redefines_never_both()
    {
        var project = await api.ProjectAsync();
        var id = await MakeAsync(project, "v*");
        var other = await MakeAsync(project, "w*");

        Assert.Equal(200, await PutAsync(project, id, Rule("x*", id: id, disabled: true)));
        Assert.Equal(("v*", true), await ShownAsync());
        Assert.Equal(200, await PutAsync(project, id, Rule("x*", id: id, disabled: true)));
        Assert.Equal(("x*", true), await ShownAsync());
        Assert.Equal(200, await PutAsync(project, id, Rule("y*", id: id)));
        Assert.Equal(("x*", false), await ShownAsync());
        Assert.Equal(409, await PutAsync(project, id, Rule("w*", id: id)));
        Assert.Equal(400, await PutAsync(project, id, Rule("[", id: id)));
        Assert.Equal(400, await PutAsync(project, id, Rule("y*", id: other)));
        Assert.Equal(400, await PutAsync(project, id, Rule("y*")));

        async Task<(string, bool)> ShownAsync()
        {
            var shown = (await api.Admin.JsonAsync(Path(project)))[0]!;
            return ((string)shown["tag_selectors"]![0]!["pattern"]!, (bool?)shown["disabled"] ?? false);
        }
    }

    [Fact]
    public async Task A_rule_of_another_project_is_not_found()
    {
        var (project, other) = (await api.ProjectAsync(), await api.ProjectAsync());
        var id = await MakeAsync(project, "v*");

        Assert.Equal(404, await PutAsync(other, id, Rule("v*", id: id)));
        Assert.Equal(404, await StatusAsync(api.Admin, HttpMethod.Delete, $"{Path(other)}/{id}"));
        Assert.Equal(404, await StatusAsync(api.Admin, HttpMethod.Delete, $"{Path(project)}/99999999"));
        Assert.Equal(422, await StatusAsync(api.Admin, HttpMethod.Delete, $"{Path(project)}/x"));
        Assert.Equal(200, await StatusAsync(api.Admin, HttpMethod.Delete, $"{Path(project)}/{id}"));
        Assert.Equal(404, await StatusAsync(api.Admin, HttpMethod.Delete, $"{Path(project)}/{id}"));
        Assert.Empty((await api.Admin.JsonAsync(Path(project))).AsArray());
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("""{"tag_selectors":[],"scope_selectors":{}}""", 400)]
    [InlineData("""{"tag_selectors":[null],"scope_selectors":{"repository":[null]}}""", 400)]
    [InlineData("""{"tag_selectors":"x"}""", 422)]
    [InlineData("""{"scope_selectors":{"repository":{}}}""", 422)]
    [InlineData("""{"disabled":"yes"}""", 422)]
    [InlineData("""{"id":1e99}""", 422)]
    [InlineData("[", 422)]
    public async Task A_rule_that_makes_no_sense_is_refused(string body, int status)
    {
        using var answer = await api.Admin.CallTextAsync(HttpMethod.Post, Path("library"), body);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_project_has_a_hundred_rules_at_most()
    {
        var project = await api.ProjectAsync();
        await api.Harbor.Database.QueryAsync($$$"""
            INSERT INTO immutable_tag_rule (project_id, definition, fingerprint, creation_time, update_time)
            SELECT {{{await api.ProjectIdAsync(project)}}}, '{"tag_selectors":[{"kind":"doublestar","decoration":"matches","pattern":"x"}],"scope_selectors":{"repository":[{"kind":"doublestar","decoration":"repoMatches","pattern":"x"}]}}', int4send(n), now(), now()
            FROM generate_series(1, 100) AS n
            """);

        using var one = await SendAsync(api.Admin, HttpMethod.Post, Path(project), Rule("v*"));

        Assert.Equal(400, (int)one.StatusCode);
    }

    [Fact]
    public async Task Maintainers_rule_and_developers_do_not()
    {
        var project = await api.ProjectAsync(isPublic: true);

        Assert.Equal(201, await AsAsync(await api.MemberAsync(project, Role.Maintainer)));
        Assert.Equal(403, await AsAsync(await api.MemberAsync(project, Role.Developer)));
        Assert.Equal(401, await AsAsync(api.Anonymous));
        Assert.Equal(401, (await api.Anonymous.RefusalAsync(Path(project))).Status);

        async Task<int> AsAsync(HttpClient client)
        {
            using var answer = await SendAsync(client, HttpMethod.Post, Path(project), Rule("v*"));
            return (int)answer.StatusCode;
        }
    }

    internal static string Path(string project) => $"/api/v2.0/projects/{project}/immutabletagrules";

    internal static object Rule(string tags, string repositories = "**", long id = 0, bool disabled = false, string decoration = "matches") => new
    {
        id,
        disabled,
        priority = 0,
        action = "immutable",
        template = "immutable_template",
        @params = new { },
        tag_selectors = new[] { new { kind = "doublestar", decoration, pattern = tags, extras = "x" } },
        scope_selectors = new { repository = new[] { new { kind = "doublestar", decoration = "repoMatches", pattern = repositories } } },
    };

    internal static async Task<long> MakeAsync(HttpClient client, string project, object rule)
    {
        using var made = await SendAsync(client, HttpMethod.Post, Path(project), rule);
        Assert.True((int)made.StatusCode == 201, await made.BodyAsync());
        return made.IdIn();
    }

    private Task<long> MakeAsync(string project, string tags, string repositories = "**") => MakeAsync(api.Admin, project, Rule(tags, repositories));

    private async Task<int> PutAsync(string project, long id, object rule)
    {
        using var answer = await SendAsync(api.Admin, HttpMethod.Put, $"{Path(project)}/{id}", rule);
        return (int)answer.StatusCode;
    }

    private static async Task<int> StatusAsync(HttpClient client, HttpMethod method, string path)
    {
        using var answer = await client.CallAsync(method, path);
        return (int)answer.StatusCode;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, object rule) => client.CallAsync(method, path, rule);
}
