using Harbor.Integration.Api;
using Harbor.Modules.Access;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Labels;

/// <summary>Labels on artifacts: put on, taken off, shown and searched for.</summary>
public sealed class ArtifactLabelTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Labels_of_the_system_and_of_the_project_are_shown_with_the_artifacts_when_asked_for()
    {
        var (project, id) = await ProjectAsync();
        var artifact = await api.ArtifactAsync(project, "web", ["v1"]);
        var (own, global) = (await OwnAsync(id), await GlobalAsync());

        Assert.Equal(200, await AddAsync(project, "v1", own));
        Assert.Equal(200, await AddAsync(project, artifact.Digest.Value, global));

        var shown = Assert.Single((await api.Admin.JsonAsync($"{Path(project)}?with_label=true")).AsArray())!["labels"]!.AsArray();
        Assert.Equal([own, global], shown.Select(label => (long)label!["id"]!));
        Assert.Equal(["p", "g"], shown.Names("scope"));
        Assert.Null((await api.Admin.JsonAsync($"{Path(project)}/v1"))["labels"]);
        Assert.Equal(2, (await api.Admin.JsonAsync($"{Path(project)}/v1?with_label=true"))["labels"]!.AsArray().Count);
        Assert.Equal(2, (await api.Admin.JsonAsync($"/api/v2.0/projects/{project}/artifacts?with_label=true"))[0]!["labels"]!.AsArray().Count);
    }

    [Fact]
    public async Task Artifacts_are_searched_for_by_all_of_several_labels()
    {
        var (project, id) = await ProjectAsync();
        var (red, blue) = (await OwnAsync(id), await OwnAsync(id));
        foreach (var (tag, labels) in (IEnumerable<(string, long[])>)[("both", [red, blue]), ("red", [red]), ("none", [])])
        {
            await api.ArtifactAsync(project, "web", [tag]);
            foreach (var label in labels)
            {
                await AddAsync(project, tag, label);
            }
        }

        Assert.Equal(["both"], await TagsAsync($"({red} {blue})"));
        Assert.Equal(["both"], await TagsAsync($"({blue} {blue})"));
        Assert.Equal(["both", "red"], await TagsAsync($"({red})"));
        Assert.Empty(await TagsAsync($"({red} 99999999)"));

        async Task<string[]> TagsAsync(string labels) =>
            [.. (await api.Admin.JsonAsync($"{Path(project)}?q=labels%3D{Uri.EscapeDataString(labels)}")).AsArray().Select(each => (string)each!["tags"]![0]!["name"]!).Order()];
    }

    [Fact]
    public async Task A_label_is_put_on_once_and_taken_off_once()
    {
        var (project, id) = await ProjectAsync();
        var artifact = await api.ArtifactAsync(project, "web", ["v1"]);
        var label = await OwnAsync(id);
        await AddAsync(project, "v1", label);

        using var again = await api.Admin.CallAsync(HttpMethod.Post, $"{Path(project)}/v1/labels", new { id = label });
        Assert.Equal((409, "CONFLICT", $"label {label} is already added to the artifact {artifact.Id}"), await again.RefusalAsync());
        Assert.Equal(200, await RemoveAsync(project, "v1", label));
        Assert.Equal(404, await RemoveAsync(project, "v1", label));
        Assert.Equal(422, await StatusAsync(api.Admin, HttpMethod.Delete, $"{Path(project)}/v1/labels/x"));
    }

    [Fact]
    public async Task What_is_not_there_or_not_of_this_project_is_not_found()
    {
        var ((project, _), (_, otherId)) = (await ProjectAsync(), await ProjectAsync());
        await api.ArtifactAsync(project, "web", ["v1"]);
        var (foreign, global) = (await OwnAsync(otherId), await GlobalAsync());

        Assert.Equal(404, await AddAsync(project, "v1", foreign));
        Assert.Equal(404, await AddAsync(project, "v1", 0));
        Assert.Equal(404, await AddAsync(project, "v1", 99_999_999));
        Assert.Equal(404, await AddAsync(project, "v9", global));
        Assert.Equal(404, await AddAsync(project, $"sha256:{new string('0', 64)}", global));
    }

    [Fact]
    public async Task A_deleted_label_is_on_nothing_any_more()
    {
        var (project, id) = await ProjectAsync();
        await api.ArtifactAsync(project, "web", ["v1"]);
        var (gone, stays) = (await OwnAsync(id), await OwnAsync(id));
        await AddAsync(project, "v1", gone);
        await AddAsync(project, "v1", stays);

        Assert.Equal(200, await StatusAsync(api.Admin, HttpMethod.Delete, $"/api/v2.0/labels/{gone}"));

        Assert.Equal([stays], (await api.Admin.JsonAsync($"{Path(project)}/v1?with_label=true"))["labels"]!.AsArray().Select(label => (long)label!["id"]!));
        Assert.Empty((await api.Admin.JsonAsync($"{Path(project)}?q=labels%3D({gone})")).AsArray());
    }

    [Fact]
    public async Task Developers_label_and_guests_do_not()
    {
        var (project, id) = await ProjectAsync();
        await api.ArtifactAsync(project, "web", ["v1"]);
        var label = await OwnAsync(id);

        Assert.Equal(200, await StatusAsync(await api.MemberAsync(project, Role.Developer), HttpMethod.Post, $"{Path(project)}/v1/labels", new { id = label }));
        var guest = await api.MemberAsync(project, Role.Guest);
        Assert.Equal(403, await StatusAsync(guest, HttpMethod.Post, $"{Path(project)}/v1/labels", new { id = label }));
        Assert.Equal(403, await StatusAsync(guest, HttpMethod.Delete, $"{Path(project)}/v1/labels/{label}"));
        Assert.Equal(401, await StatusAsync(api.Anonymous, HttpMethod.Post, $"{Path(project)}/v1/labels", new { id = label }));
    }

    [Fact]
    public async Task However_many_artifacts_are_shown_their_labels_take_one_statement()
    {
        var (project, id) = await ProjectAsync();
        var label = await OwnAsync(id);
        for (var each = 0; each < 8; each++)
        {
            await api.ArtifactAsync(project, "web", [$"v{each}"]);
            await AddAsync(project, $"v{each}", label);
        }

        var path = $"{Path(project)}?with_label=true&with_immutable_status=true";
        await api.Admin.JsonAsync(path);
        using var statements = new SqlStatements(api.Harbor);
        await api.Admin.JsonAsync($"{path}&page_size=1&page=2");
        var few = statements.Take();
        await api.Admin.JsonAsync($"{path}&page_size=7&page=1");
        var many = statements.Take();

        // Rows, their number, and all details in one round trip; the rules are known.
        Assert.Equal((3, 3), (few.Count, many.Count));
    }

    private async Task<(string Name, long Id)> ProjectAsync()
    {
        var project = await api.ProjectAsync();
        return (project, await api.ProjectIdAsync(project));
    }

    private Task<long> OwnAsync(long projectId) => LabelTests.MakeAsync(api.Admin, new { name = ApiFixture.Unique("label"), scope = "p", project_id = projectId });

    private Task<long> GlobalAsync() => LabelTests.MakeAsync(api.Admin, new { name = ApiFixture.Unique("label"), scope = "g" });

    private static string Path(string project) => $"/api/v2.0/projects/{project}/repositories/web/artifacts";

    private Task<int> AddAsync(string project, string reference, long label) =>
        StatusAsync(api.Admin, HttpMethod.Post, $"{Path(project)}/{reference}/labels", new { id = label });

    private Task<int> RemoveAsync(string project, string reference, long label) =>
        StatusAsync(api.Admin, HttpMethod.Delete, $"{Path(project)}/{reference}/labels/{label}");

    private static async Task<int> StatusAsync(HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var answer = await client.CallAsync(method, path, body);
        return (int)answer.StatusCode;
    }
}
