using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>The artifacts of a whole project, as one list.</summary>
public sealed class ProjectArtifactTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string ImageType = "application/vnd.oci.image.config.v1+json";

    [Fact]
    public async Task Artifacts_of_all_repositories_are_listed_the_newest_first_and_of_no_other_project()
    {
        var (project, other) = (await api.ProjectAsync(), await api.ProjectAsync());
        var (first, second, third) = (
            await api.ArtifactAsync(project, "a", [], minutesAgo: 3), await api.ArtifactAsync(project, "b/c", ["v1"], minutesAgo: 2), await api.ArtifactAsync(project, "a", ["v2"], minutesAgo: 1));
        await api.ArtifactAsync(other, "a", ["v1"]);

        Assert.Equal([third.Digest.Value, second.Digest.Value, first.Digest.Value], await DigestsAsync(project, ""));
        Assert.Equal([first.Digest.Value, second.Digest.Value, third.Digest.Value], await DigestsAsync(project, "?sort=push_time"));
        Assert.Equal([third.Digest.Value, second.Digest.Value], await DigestsAsync(project, "?q=tags%3D*"));
        Assert.Equal([second.Digest.Value], await DigestsAsync(project, $"?q=repository_name%3D{project}/b/c"));
        Assert.Equal([third.Digest.Value, first.Digest.Value], await DigestsAsync(project, $"?q=repository_name%3D{project}/a,password%3Dx&sort=nothing,-known"));
        var otherId = await api.ProjectIdAsync(other);
        Assert.Empty(await DigestsAsync(project, $"?q=project_id%3D{otherId}"));
    }

    [Fact]
    public async Task Pages_are_disjoint_and_name_their_neighbours()
    {
        var project = await api.ProjectAsync();
        for (var each = 0; each < 3; each++)
        {
            await api.ArtifactAsync(project, $"r{each}", [], minutesAgo: each);
        }

        var path = Path(project);
        using var page = await api.Admin.CallAsync(HttpMethod.Get, $"{path}?page=2&page_size=1");
        Assert.Equal(
            ("3", $"<{path}?page=1&page_size=1>; rel=\"prev\" , <{path}?page=3&page_size=1>; rel=\"next\""),
            (page.Headers.GetValues("X-Total-Count").Single(), page.Headers.GetValues("Link").Single()));
        Assert.Equal(3, (await DigestsAsync(project, "?page_size=0")).Length);
        Assert.Equal(3, (await DigestsAsync(project, "?page_size=-1")).Length);
        Assert.Equal(2, (await DigestsAsync(project, "?page=0&page_size=2")).Length);
        Assert.Equal(2, (await DigestsAsync(project, "?page=-5&page_size=2")).Length);
        Assert.Empty(await DigestsAsync(project, "?page=9223372036854775807&page_size=100"));
        Assert.Equal(422, (await api.Admin.RefusalAsync($"{path}?page_size=101")).Status);
    }

    [Fact]
    public async Task The_latest_of_each_repository_is_shown_for_one_type()
    {
        var project = await api.ProjectAsync();
        await api.ArtifactAsync(project, "a", [], minutesAgo: 9);
        var (newestOfA, ofB) = (await api.ArtifactAsync(project, "a", [], minutesAgo: 1), await api.ArtifactAsync(project, "b", [], minutesAgo: 5));
        string[] newest = [newestOfA.Digest.Value, ofB.Digest.Value];
        var type = Uri.EscapeDataString(Uri.EscapeDataString(ImageType));

        Assert.Equal(newest, await DigestsAsync(project, $"?latest_in_repository=true&q=media_type%3D{type}"));
        Assert.Equal(newest, await DigestsAsync(project, $"?latest_in_repository=true&q=MediaType%3D{type}"));
        Assert.Equal(newest, await DigestsAsync(project, $"?latest_in_repository=true&q=artifact_type%3D{type}"));
        Assert.Equal([ofB.Digest.Value], await DigestsAsync(project, $"?latest_in_repository=true&q=artifact_type%3D{type},repository_name%3D{project}/b"));
        Assert.Empty(await DigestsAsync(project, "?latest_in_repository=true&q=media_type%3D';DROP TABLE artifact--".Replace(";", "%3B", StringComparison.Ordinal)));
        Assert.Equal(400, (await api.Admin.RefusalAsync($"{Path(project)}?latest_in_repository=true")).Status);
        Assert.Equal(400, (await api.Admin.RefusalAsync($"{Path(project)}?latest_in_repository=true&q=media_type%3D{type},artifact_type%3D{type}")).Status);
        Assert.Equal(400, (await api.Admin.RefusalAsync($"{Path(project)}?latest_in_repository=true&q=media_type%3D~image")).Status);
    }

    [Fact]
    public async Task Even_of_a_public_project_it_is_shown_to_those_alone_who_signed_in()
    {
        var (open, closed) = (await api.ProjectAsync(isPublic: true), await api.ProjectAsync());
        await api.ArtifactAsync(open, "web", []);
        var (_, _, stranger) = await api.UserAsync();
        var guest = await api.MemberAsync(closed, Role.LimitedGuest);

        Assert.Equal(401, (await api.Anonymous.RefusalAsync(Path(open))).Status);
        Assert.Single((await stranger.JsonAsync(Path(open))).AsArray());
        Assert.Equal(403, (await stranger.RefusalAsync(Path(closed))).Status);
        Assert.Empty((await guest.JsonAsync(Path(closed))).AsArray());
        Assert.Equal((404, 403), ((await api.Admin.RefusalAsync(Path("nothing-here"))).Status, (await stranger.RefusalAsync(Path("nothing-here"))).Status));
    }

    [Fact]
    public async Task A_project_is_named_by_id_or_by_a_name_that_looks_like_one()
    {
        var project = await api.ProjectAsync();
        await api.ArtifactAsync(project, "web", []);
        var id = await api.ProjectIdAsync(project);
        using var numeric = await api.Admin.CallAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = $"{id}" });
        numeric.EnsureSuccessStatusCode();
        using var byName = await api.Admin.CallAsync(HttpMethod.Get, Path($"{id}"), header: "X-Is-Resource-Name");

        Assert.Single((await api.Admin.JsonAsync(Path($"{id}"))).AsArray());
        Assert.Equal("[]", await byName.BodyAsync());
    }

    private static string Path(string project) => $"/api/v2.0/projects/{project}/artifacts";

    private async Task<string[]> DigestsAsync(string project, string query) => [.. (await api.Admin.JsonAsync(Path(project) + query)).Names("digest")];
}
