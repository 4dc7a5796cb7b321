using System.Globalization;
using Harbor.Modules.Access;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>One list with every rule of paging, filtering and sorting; the other lists stand on the same parts.</summary>
public sealed class ProjectListTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v2.0/projects";

    [Fact]
    public async Task Each_caller_sees_his_own_projects_and_public_ones()
    {
        var (_, _, owner) = await api.UserAsync();
        var (_, _, stranger) = await api.UserAsync();
        var prefix = ApiFixture.Unique("seen");
        await MakeAsync(owner, $"{prefix}-open", isPublic: true);
        await MakeAsync(owner, $"{prefix}-closed", isPublic: false);
        var guest = await api.MemberAsync($"{prefix}-closed", Role.LimitedGuest);

        Assert.Equal([$"{prefix}-closed", $"{prefix}-open"], await NamesAsync(owner, $"?name={prefix}"));
        Assert.Equal([$"{prefix}-closed", $"{prefix}-open"], await NamesAsync(guest, $"?name={prefix}"));
        Assert.Equal([$"{prefix}-closed", $"{prefix}-open"], await NamesAsync(api.Admin, $"?name={prefix}"));
        Assert.Equal([$"{prefix}-open"], await NamesAsync(stranger, $"?name={prefix}"));
        Assert.Equal([$"{prefix}-open"], await NamesAsync(api.Anonymous, $"?name={prefix}"));
        Assert.Equal([$"{prefix}-closed"], await NamesAsync(owner, $"?name={prefix}&public=false"));
        Assert.Equal([$"{prefix}-open"], await NamesAsync(owner, $"?name={prefix}&public=true"));
        Assert.Empty(await NamesAsync(api.Anonymous, "?public=false"));
        Assert.Empty(await NamesAsync(stranger, $"?name={prefix}&public=false"));
    }

    [Fact]
    public async Task Wrong_credentials_see_what_anonymous_callers_see() =>
        Assert.Equal(await NamesAsync(api.Anonymous, "?name=library"), await NamesAsync(api.Harbor.ClientAs("admin", "Wr0ngwrong"), "?name=library"));

    [Fact]
    public async Task Pages_are_disjoint_complete_and_name_their_neighbours()
    {
        var prefix = ApiFixture.Unique("paged");
        for (var each = 0; each < 5; each++)
        {
            await MakeAsync(api.Admin, $"{prefix}-{each}", isPublic: false);
        }

        Assert.Equal(
            ($"{prefix}-0 {prefix}-1", "5", $"<{Path}?name={prefix}&page=2&page_size=2>; rel=\"next\""),
            await PageAsync($"?page_size=2&name={prefix}&page=1"));
        Assert.Equal(
            ($"{prefix}-2 {prefix}-3", "5", $"<{Path}?name={prefix}&page=1&page_size=2>; rel=\"prev\" , <{Path}?name={prefix}&page=3&page_size=2>; rel=\"next\""),
            await PageAsync($"?page_size=2&name={prefix}&page=2"));
        Assert.Equal(
            ($"{prefix}-4", "5", $"<{Path}?name={prefix}&page=2&page_size=2>; rel=\"prev\""),
            await PageAsync($"?page_size=2&name={prefix}&page=3"));
        Assert.Equal(("", "5", null), await PageAsync($"?page_size=2&name={prefix}&page=4"));
        Assert.Equal(("", "5", null), await PageAsync($"?page_size=100&name={prefix}&page=9223372036854775807"));
        Assert.Equal(("", "0", null), await PageAsync("?name=nothing-is-called-so"));
        Assert.Equal((5, null), await CountAsync($"?page_size=0&name={prefix}"));
        Assert.Equal((5, $"<{Path}?name={prefix}&page=2&page_size=-1>; rel=\"next\""), await CountAsync($"?page_size=-1&name={prefix}"));
        Assert.Equal((2, $"<{Path}?name={prefix}&page=1&page_size=2>; rel=\"next\""), await CountAsync($"?page=0&page_size=2&name={prefix}"));
    }

    [Theory]
    [InlineData("?page_size=101", "page_size in query should be less than or equal to 100")]
    [InlineData("?page=x", "page in query must be of type int64: \"x\"")]
    [InlineData("?page=99999999999999999999", "page in query must be of type int64: \"99999999999999999999\"")]
    [InlineData("?page_size=%C3%A9", "page_size in query must be of type int64: \"é\"")]
    public async Task A_page_that_is_no_page_does_not_validate(string query, string message) =>
        Assert.Equal((422, "UNPROCESSABLE_ENTITY", "validation failure list:\n" + message), await api.Anonymous.RefusalAsync(Path + query));

    [Theory]
    [InlineData("q=name")]
    [InlineData("q=name%3D")]
    [InlineData("q=name%3D[a]")]
    [InlineData("q=project_id%3Dabc")]
    [InlineData("q=project_id%3D{1 x}")]
    [InlineData("q=creation_time%3Dyesterday")]
    [InlineData("q=name%3D%00")]
    public async Task A_query_that_makes_no_sense_is_a_bad_request(string query) =>
        Assert.Equal((400, "BAD_REQUEST"), await StatusAsync($"{Path}?{query}"));

    [Theory]
    [InlineData("q=nothing%3Dknown")]
    [InlineData("q=password%3D~a")]
    [InlineData("q=deleted%3Dtrue")]
    [InlineData("sort=nothing,-known")]
    [InlineData("sort=name;DROP TABLE project")]
    [InlineData("with_detail=maybe")]
    [InlineData("public=")]
    public async Task What_a_list_does_not_know_is_passed_over(string query) =>
        Assert.NotEmpty((await api.Anonymous.JsonAsync($"{Path}?{query.Replace(";", "%3B", StringComparison.Ordinal)}")).AsArray());

    [Fact]
    public async Task Conditions_and_orders_hold()
    {
        var prefix = ApiFixture.Unique("query");
        var (ownerId, ownerName, owner) = await api.UserAsync();
        await MakeAsync(api.Admin, $"{prefix}.one", isPublic: false);
        await MakeAsync(owner, $"{prefix}_two", isPublic: true);
        await MakeAsync(owner, $"{prefix}-three", isPublic: false);
        var two = await api.ProjectIdAsync($"{prefix}_two");

        Assert.Equal([$"{prefix}_two"], await QueryAsync($"name=~{prefix}_"));
        Assert.Equal([$"{prefix}_two"], await QueryAsync($"name=~{prefix.ToUpperInvariant()}_T"));
        Assert.Equal([$"{prefix}_two"], await QueryAsync($"name={prefix}_two"));
        Assert.Equal([$"{prefix}-three", $"{prefix}_two"], await QueryAsync($"name=~{prefix},owner={ownerName}"));
        Assert.Equal([$"{prefix}-three", $"{prefix}_two"], await NamesAsync(api.Admin, $"?owner={ownerName}"));
        Assert.Equal([$"{prefix}-three", $"{prefix}_two"], await QueryAsync($"owner_id={ownerId}"));
        Assert.Equal([$"{prefix}_two"], await QueryAsync($"name=~{prefix},public=true"));
        Assert.Equal([$"{prefix}_two"], await QueryAsync($"ProjectID={two}"));
        Assert.Equal([$"{prefix}_two"], await QueryAsync($"project_id={{{two} 0}}"));
        Assert.Equal([$"{prefix}-three", $"{prefix}_two"], await QueryAsync($"name=~{prefix},project_id=[{two}~]"));
        Assert.Equal([$"{prefix}.one"], await QueryAsync($"name=~{prefix},project_id__lt={two}"));
        Assert.Empty(await QueryAsync("name={}"));
        Assert.Empty(await QueryAsync($"name=~{prefix},creation_time=[~2001-01-01T00:00:00]"));
        Assert.Equal(3, (await QueryAsync($"name=~{prefix},creation_time=[2001-01-01T00:00:00~]")).Length);
        Assert.Equal(3, (await QueryAsync($"name=~{prefix}%25", escape: false)).Length + (await QueryAsync($"name=~{prefix}")).Length);
        Assert.Equal([$"{prefix}_two", $"{prefix}.one", $"{prefix}-three"], await NamesAsync(api.Admin, $"?name={prefix}&sort=-name"));
        Assert.Equal([$"{prefix}.one", $"{prefix}_two", $"{prefix}-three"], await NamesAsync(api.Admin, $"?name={prefix}&sort=unknown,creation_time"));
    }

    [Fact]
    public async Task Without_detail_the_metadata_and_the_owner_stay_out_and_the_allowlist_is_a_shell()
    {
        var project = await api.ProjectAsync();

        var shown = (await api.Admin.JsonAsync($"{Path}?name={project}&with_detail=false")).AsArray()[0]!.AsObject();

        Assert.False(shown.ContainsKey("metadata") || shown.ContainsKey("owner_name"));
        Assert.Equal(
            """{"items":null,"creation_time":"0001-01-01T00:00:00.000Z","update_time":"0001-01-01T00:00:00.000Z"}""", shown["cve_allowlist"]!.ToJsonString());
    }

    [Fact]
    public async Task However_many_projects_are_listed_it_takes_the_same_statements()
    {
        for (var each = 0; each < 12; each++)
        {
            await api.ProjectAsync(isPublic: true);
        }

        await api.Admin.JsonAsync($"{Path}?page_size=1");
        using var statements = new SqlStatements(api.Harbor);
        await api.Admin.JsonAsync($"{Path}?page_size=2&page=2");
        var few = statements.Take();
        await api.Admin.JsonAsync($"{Path}?page_size=10&page=2");
        var many = statements.Take();

        Assert.Equal(few.Count, many.Count);
        Assert.InRange(many.Count, 1, 6);
    }

    private async Task<string[]> QueryAsync(string q, bool escape = true) => await NamesAsync(api.Admin, $"?q={(escape ? Uri.EscapeDataString(q) : q)}");

    private static async Task<string[]> NamesAsync(HttpClient client, string query) => [.. (await client.JsonAsync(Path + query)).Names()];

    private async Task<(string Names, string Total, string? Link)> PageAsync(string query)
    {
        using var answer = await api.Admin.CallAsync(HttpMethod.Get, Path + query);
        var names = System.Text.Json.Nodes.JsonNode.Parse(await answer.BodyAsync())!.Names();
        return (string.Join(' ', names), answer.Headers.GetValues("X-Total-Count").Single(), answer.Headers.TryGetValues("Link", out var link) ? string.Join(" | ", link) : null);
    }

    private async Task<(int Count, string? Link)> CountAsync(string query)
    {
        var (names, _, link) = await PageAsync(query);
        return (names.Split(' ').Length, link);
    }

    private async Task<(int, string)> StatusAsync(string path)
    {
        var (status, code, _) = await api.Admin.RefusalAsync(path);
        return (status, code);
    }

    private static async Task MakeAsync(HttpClient client, string name, bool isPublic)
    {
        using var made = await client.CallAsync(HttpMethod.Post, Path, new { project_name = name, metadata = new { @public = isPublic.ToString(CultureInfo.InvariantCulture).ToLowerInvariant() } });
        made.EnsureSuccessStatusCode();
    }
}
