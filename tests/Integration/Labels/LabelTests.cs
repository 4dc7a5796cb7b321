using System.Net.Http.Json;
using Harbor.Integration.Api;
using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Integration.Labels;

/// <summary>Labels of the system and of projects.</summary>
public sealed class LabelTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v2.0/labels";

    [Fact]
    public async Task A_label_is_shown_with_exactly_these_fields()
    {
        var project = await api.ProjectIdAsync(await api.ProjectAsync());
        var id = await MakeAsync(api.Admin, new { name = "prod", description = "for <all>", color = "#FF0000", scope = "p", project_id = project });

        var shown = await api.Admin.JsonAsync($"{Path}/{id}");

        (shown["creation_time"], shown["update_time"]) = ("T", "T");
        Assert.Equal(
            $$"""{"id":{{id}},"name":"prod","description":"for <all>","color":"#FF0000","scope":"p","project_id":{{project}},"creation_time":"T","update_time":"T"}""",
            shown.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public async Task A_label_of_the_system_has_no_project_whatever_is_sent_and_is_anybodys_to_list()
    {
        var name = ApiFixture.Unique("label");
        var id = await MakeAsync(api.Admin, new { id = 99_999, name, scope = "g", project_id = 1 });

        var listed = Assert.Single((await api.Anonymous.JsonAsync($"{Path}?scope=g&name={name.ToUpperInvariant()}")).AsArray())!.AsObject();

        Assert.Equal((id, "g", false), ((long)listed["id"]!, (string)listed["scope"]!, listed.ContainsKey("project_id")));
    }

    [Fact]
    public async Task Labels_are_listed_by_level_name_filter_and_page()
    {
        var project = await api.ProjectAsync();
        var id = await api.ProjectIdAsync(project);
        foreach (var name in (string[])["beta", "alpha", "gamma"])
        {
            await MakeAsync(api.Admin, new { name, scope = "p", project_id = id, color = name == "beta" ? "#000" : "#FFF" });
        }

        Assert.Equal(["beta", "alpha", "gamma"], await NamesAsync($"scope=p&project_id={id}"));
        Assert.Equal(["alpha", "beta", "gamma"], await NamesAsync($"scope=p&project_id={id}&sort=name"));
        Assert.Equal(["beta"], await NamesAsync($"scope=p&project_id={id}&name=ET"));
        Assert.Equal(["alpha", "gamma"], await NamesAsync($"scope=p&project_id={id}&q=color%3D%23FFF"));
        Assert.Equal(["alpha"], await NamesAsync($"scope=p&project_id={id}&page=2&page_size=1"));
        Assert.Empty(await NamesAsync($"scope=p&project_id={await api.ProjectIdAsync(await api.ProjectAsync())}"));
        Assert.Equal(400, (await api.Admin.RefusalAsync(Path)).Status);
        Assert.Equal(400, (await api.Admin.RefusalAsync($"{Path}?scope=x")).Status);
        Assert.Equal(400, (await api.Admin.RefusalAsync($"{Path}?scope=p")).Status);
        Assert.Equal(400, (await api.Admin.RefusalAsync($"{Path}?scope=p&project_id=-1")).Status);
        Assert.Equal(422, (await api.Admin.RefusalAsync($"{Path}?scope=p&project_id=x")).Status);
        Assert.Equal(404, (await api.Admin.RefusalAsync($"{Path}?scope=p&project_id=99999999")).Status);

        async Task<IEnumerable<string>> NamesAsync(string query) => (await api.Admin.JsonAsync($"{Path}?{query}")).Names();
    }

    [Fact]
    public async Task A_name_is_there_once_per_level()
    {
        var (one, other) = (await api.ProjectIdAsync(await api.ProjectAsync()), await api.ProjectIdAsync(await api.ProjectAsync()));
        var name = ApiFixture.Unique("label");
        await MakeAsync(api.Admin, new { name, scope = "g" });
        await MakeAsync(api.Admin, new { name, scope = "p", project_id = one });
        await MakeAsync(api.Admin, new { name, scope = "p", project_id = other });
        var second = await MakeAsync(api.Admin, new { name = name + "2", scope = "p", project_id = one });

        Assert.Equal(409, await StatusAsync(api.Admin, HttpMethod.Post, "", new { name, scope = "g" }));
        Assert.Equal(409, await StatusAsync(api.Admin, HttpMethod.Post, "", new { name, scope = "p", project_id = one }));
        Assert.Equal(409, await StatusAsync(api.Admin, HttpMethod.Put, $"/{second}", new { name }));
        Assert.Equal(200, await StatusAsync(api.Admin, HttpMethod.Put, $"/{second}", new { name = name + "2", color = "#1" }));
    }

    [Fact]
    public async Task Of_many_who_make_one_label_at_once_one_succeeds()
    {
        var name = ApiFixture.Unique("label");

        var told = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StatusAsync(api.Admin, HttpMethod.Post, "", new { name, scope = "g" })));

        Assert.Equal([201, .. Enumerable.Repeat(409, 7)], told.Order());
    }

    [Fact]
    public async Task Changing_touches_words_and_colour_alone()
    {
        var project = await api.ProjectIdAsync(await api.ProjectAsync());
        var id = await MakeAsync(api.Admin, new { name = "before", scope = "p", project_id = project });

        Assert.Equal(200, await StatusAsync(api.Admin, HttpMethod.Put, $"/{id}", new { id = 1, name = "after", description = "d", color = "c", scope = "g", project_id = 0 }));

        var shown = await api.Admin.JsonAsync($"{Path}/{id}");
        Assert.Equal(("after", "d", "c", "p", project), ((string)shown["name"]!, (string)shown["description"]!, (string)shown["color"]!, (string)shown["scope"]!, (long)shown["project_id"]!));
        Assert.Equal(400, await StatusAsync(api.Admin, HttpMethod.Put, $"/{id}", new { name = "" }));
        Assert.Equal(400, await StatusAsync(api.Admin, HttpMethod.Put, $"/{id}", new { name = new string('x', 129) }));
        Assert.Equal(200, await StatusAsync(api.Admin, HttpMethod.Delete, $"/{id}"));
        Assert.Equal(404, (await api.Admin.RefusalAsync($"{Path}/{id}")).Status);
        Assert.Equal(404, await StatusAsync(api.Admin, HttpMethod.Delete, $"/{id}"));
    }

    [Theory]
    [InlineData("""{"scope":"g"}""", 400)]
    [InlineData("""{"name":"","scope":"g"}""", 400)]
    [InlineData("""{"name":"a"}""", 400)]
    [InlineData("""{"name":"a","scope":"x"}""", 400)]
    [InlineData("""{"name":"a","scope":"p"}""", 400)]
    [InlineData("""{"name":"a","scope":"p","project_id":-3}""", 400)]
    [InlineData("""{"name":"a","scope":"p","project_id":99999999}""", 404)]
    [InlineData("""{"name":"a","scope":"g","color":"12345678901234567"}""", 400)]
    [InlineData("""{"name":"a\u0000","scope":"g"}""", 400)]
    [InlineData("""{"name":7,"scope":"g"}""", 422)]
    [InlineData("""{"name":"a","scope":"p","project_id":"x"}""", 422)]
    [InlineData("[]", 422)]
    [InlineData("null", 422)]
    public async Task A_label_that_makes_no_sense_is_refused(string body, int status)
    {
        using var answer = await api.Admin.CallTextAsync(HttpMethod.Post, Path, body);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task The_level_decides_who_may_do_what()
    {
        var project = await api.ProjectAsync();
        var id = await api.ProjectIdAsync(project);
        var own = await MakeAsync(api.Admin, new { name = "own", scope = "p", project_id = id });
        var global = await MakeAsync(api.Admin, new { name = ApiFixture.Unique("label"), scope = "g" });
        var (maintainer, developer) = (await api.MemberAsync(project, Role.Maintainer), await api.MemberAsync(project, Role.Developer));
        var stranger = (await api.UserAsync()).Client;

        Assert.Equal((200, 200, 403, 401), await EachAsync(HttpMethod.Get, $"/{own}"));
        Assert.Equal((200, 200, 403, 401), await EachAsync(HttpMethod.Get, $"?scope=p&project_id={id}"));
        Assert.Equal((200, 403, 403, 401), await EachAsync(HttpMethod.Put, $"/{own}", new { name = "own" }));
        Assert.Equal((409, 403, 403, 401), await EachAsync(HttpMethod.Post, "", new { name = "own", scope = "p", project_id = id }));
        Assert.Equal((403, 403, 403, 401), await EachAsync(HttpMethod.Post, "", new { name = "mine", scope = "g" }));
        Assert.Equal((403, 403, 403, 401), await EachAsync(HttpMethod.Put, $"/{global}", new { name = "mine" }));
        Assert.Equal((403, 403, 403, 401), await EachAsync(HttpMethod.Delete, $"/{global}"));
        Assert.Equal((404, 404, 404, 404), await EachAsync(HttpMethod.Get, "/99999999"));
        Assert.Equal((404, 404, 404, 404), await EachAsync(HttpMethod.Delete, "/99999999"));
        Assert.Equal((403, 403, 403, 401), await EachAsync(HttpMethod.Get, "?scope=p&project_id=99999999"));

        async Task<(int, int, int, int)> EachAsync(HttpMethod method, string path, object? body = null) => (
            await StatusAsync(maintainer, method, path, body), await StatusAsync(developer, method, path, body),
            await StatusAsync(stranger, method, path, body), await StatusAsync(api.Anonymous, method, path, body));
    }

    [Fact]
    public async Task Labels_of_a_deleted_project_are_not_found()
    {
        var project = await api.ProjectAsync();
        var id = await MakeAsync(api.Admin, new { name = "own", scope = "p", project_id = await api.ProjectIdAsync(project) });
        using var deleted = await api.Admin.DeleteAsync($"/api/v2.0/projects/{project}");
        deleted.EnsureSuccessStatusCode();

        Assert.Equal(404, (await api.Admin.RefusalAsync($"{Path}/{id}")).Status);
        Assert.Equal(404, await StatusAsync(api.Admin, HttpMethod.Delete, $"/{id}"));
    }

    internal static async Task<long> MakeAsync(HttpClient client, object label)
    {
        using var made = await client.PostAsJsonAsync(Path, label);
        Assert.True((int)made.StatusCode == 201, await made.BodyAsync());
        return made.IdIn();
    }

    private static async Task<int> StatusAsync(HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var answer = await client.CallAsync(method, Path + path, body);
        return (int)answer.StatusCode;
    }
}
