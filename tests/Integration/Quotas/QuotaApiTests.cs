using System.Globalization;
using System.Net;
using Harbor.Integration.Api;
using Harbor.Modules.Access;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Quotas;

public sealed class QuotaApiTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v2.0/quotas";

    [Fact]
    public async Task A_quota_shows_exactly_these_fields()
    {
        var (_, ownerName, owner) = await api.UserAsync();
        var project = await api.ProjectAsync(owner: owner);
        var (projectId, id) = (await api.ProjectIdAsync(project), await QuotaIdAsync(project));

        var shown = await api.Admin.JsonAsync($"{Path}/{id}");

        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string)shown["creation_time"]!);
        shown["creation_time"] = "T";
        shown["update_time"] = "T";
        Assert.Equal(
            $$$"""{"id":{{{id}}},"ref":{"id":{{{projectId}}},"name":"{{{project}}}","owner_name":"{{{ownerName}}}"},"hard":{"storage":-1},"used":{"storage":0},"creation_time":"T","update_time":"T"}""",
            shown.ToJsonString());
        var listed = (await api.Admin.JsonAsync($"{Path}?reference=project&reference_id={projectId}")).AsArray().Single()!;
        Assert.Equal((id, project), ((long)listed["id"]!, (string)listed["ref"]!["name"]!));
    }

    [Theory]
    [InlineData("reference=artifact")]
    [InlineData("reference_id=abc")]
    [InlineData("reference_id=01")]
    [InlineData("reference_id=99999999999999999999999")]
    [InlineData("reference_id='%3B DROP TABLE quota%3B --")]
    [InlineData("reference_id=%25&reference=project")]
    [InlineData("reference=gr%C3%B6%C3%9Fe")]
    public async Task What_no_quota_is_about_finds_none(string query) => Assert.Empty((await api.Admin.JsonAsync($"{Path}?{query}")).AsArray());

    [Theory]
    [InlineData("sort='; DROP TABLE quota; --")]
    [InlineData("sort=p.name,-u.password_hash")]
    [InlineData("q=id%3Dnonsense")]
    [InlineData("reference=&reference_id=")]
    public async Task What_the_list_does_not_know_is_passed_over(string query) =>
        Assert.NotEmpty((await api.Admin.JsonAsync($"{Path}?{query.Replace(";", "%3B", StringComparison.Ordinal)}")).AsArray());

    [Fact]
    public async Task Quotas_are_sorted_no_limit_being_the_largest_and_paged()
    {
        await using var harbor = await TestHarbor.StartAsync();
        var own = new ApiFixture(harbor);
        var (a, b, c) = (await own.ProjectAsync(), await own.ProjectAsync(), await own.ProjectAsync());
        await harbor.Database.QueryAsync($"""
            UPDATE quota SET hard = CASE p.name WHEN '{a}' THEN 500 WHEN '{b}' THEN -1 WHEN '{c}' THEN 9000 ELSE 7 END,
                used = CASE p.name WHEN '{a}' THEN 30 WHEN '{b}' THEN 20 WHEN '{c}' THEN 10 ELSE 5 END,
                creation_time = now() - CASE p.name WHEN '{a}' THEN interval '3 days' WHEN '{b}' THEN interval '1 day' WHEN '{c}' THEN interval '2 days' ELSE interval '9 days' END,
                update_time = now() - CASE p.name WHEN '{a}' THEN interval '2 days' WHEN '{b}' THEN interval '3 days' WHEN '{c}' THEN interval '1 day' ELSE interval '9 days' END
            FROM project p WHERE p.id = project_id
            """);

        Assert.Equal([b, c, a, "library"], await NamesAsync(harbor, ""));
        Assert.Equal(["library", a, c, b], await NamesAsync(harbor, "?sort=hard.storage"));
        Assert.Equal([b, c, a, "library"], await NamesAsync(harbor, "?sort=-hard.storage"));
        Assert.Equal(["library", c, b, a], await NamesAsync(harbor, "?sort=used.storage"));
        Assert.Equal(["library", a, c, b], await NamesAsync(harbor, "?sort=creation_time"));
        Assert.Equal([c, a, b, "library"], await NamesAsync(harbor, "?sort=-update_time"));
        using var page = await harbor.Admin.CallAsync(HttpMethod.Get, $"{Path}?sort=hard.storage&page=2&page_size=1");
        Assert.Equal("4", page.Headers.GetValues("X-Total-Count").Single());
        Assert.Equal(
            $"<{Path}?page=1&page_size=1&sort=hard.storage>; rel=\"prev\" , <{Path}?page=3&page_size=1&sort=hard.storage>; rel=\"next\"",
            page.Headers.GetValues("Link").Single());
        Assert.Equal(4, (await NamesAsync(harbor, "?page_size=0")).Length);
        Assert.Equal(2, (await NamesAsync(harbor, "?page=-1&page_size=2")).Length);
        Assert.Empty(await NamesAsync(harbor, "?page=9&page_size=2"));
        Assert.Equal(422, (await harbor.Admin.RefusalAsync($"{Path}?page_size=101")).Status);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(1125899906842624)]
    public async Task A_limit_is_changed_and_nothing_else_with_it(long bytes)
    {
        var project = await api.ProjectAsync();
        var id = await QuotaIdAsync(project);

        using var changed = await api.Admin.CallTextAsync(
            HttpMethod.Put, $"{Path}/{id}", $$$"""{"hard":{"storage":{{{bytes}}}},"used":{"storage":99},"id":1,"ref":{"id":1}}""");

        Assert.Equal((HttpStatusCode.OK, ""), (changed.StatusCode, await changed.BodyAsync()));
        Assert.Equal($$$"""{"hard":{"storage":{{{bytes}}}},"used":{"storage":0}}""", (await api.Admin.JsonAsync($"/api/v2.0/projects/{project}/summary"))["quota"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("""{"hard":{}}""", 400)]
    [InlineData("""{"hard":null}""", 400)]
    [InlineData("""{"hard":{"count":5}}""", 400)]
    [InlineData("""{"hard":{"storage":5,"count":5}}""", 400)]
    [InlineData("""{"hard":{"storage":0}}""", 400)]
    [InlineData("""{"hard":{"storage":-2}}""", 400)]
    [InlineData("""{"hard":{"storage":1125899906842625}}""", 400)]
    [InlineData("""{"hard":{"storage":9223372036854775808}}""", 422)]
    [InlineData("""{"hard":{"storage":"5"}}""", 422)]
    [InlineData("""{"hard":{"storage":1.5}}""", 422)]
    [InlineData("""{"hard":{"storage":null}}""", 422)]
    [InlineData("""{"hard":5}""", 422)]
    [InlineData("", 422)]
    public async Task A_limit_that_makes_no_sense_is_refused_and_changes_nothing(string body, int status)
    {
        var project = await api.ProjectAsync();
        var id = await QuotaIdAsync(project);
        var before = (await api.Admin.JsonAsync($"{Path}/{id}")).ToJsonString();

        using var refused = await api.Admin.CallTextAsync(HttpMethod.Put, $"{Path}/{id}", body);

        Assert.Equal(status, (await refused.RefusalAsync()).Status);
        Assert.Equal(before, (await api.Admin.JsonAsync($"{Path}/{id}")).ToJsonString());
    }

    [Theory]
    [InlineData("0", 404)]
    [InlineData("-1", 404)]
    [InlineData("9223372036854775807", 404)]
    [InlineData("abc", 422)]
    [InlineData("99999999999999999999", 422)]
    public async Task An_id_that_is_nobodys_is_not_found_and_what_is_no_id_does_not_validate(string id, int status)
    {
        using var changed = await api.Admin.CallTextAsync(HttpMethod.Put, $"{Path}/{id}", """{"hard":{"storage":5}}""");

        Assert.Equal((status, status), ((await api.Admin.RefusalAsync($"{Path}/{id}")).Status, (await changed.RefusalAsync()).Status));
    }

    [Fact]
    public async Task The_quota_of_a_deleted_project_is_gone()
    {
        var project = await api.ProjectAsync();
        var (projectId, id) = (await api.ProjectIdAsync(project), await QuotaIdAsync(project));
        using var deleted = await api.Admin.CallAsync(HttpMethod.Delete, $"/api/v2.0/projects/{project}");
        deleted.EnsureSuccessStatusCode();
        using var changed = await api.Admin.CallTextAsync(HttpMethod.Put, $"{Path}/{id}", """{"hard":{"storage":5}}""");

        Assert.Empty((await api.Admin.JsonAsync($"{Path}?reference_id={projectId}")).AsArray());
        Assert.Equal((404, "NOT_FOUND", $"quota {id} not found"), await api.Admin.RefusalAsync($"{Path}/{id}"));
        Assert.Equal(HttpStatusCode.NotFound, changed.StatusCode);
    }

    [Fact]
    public async Task Quotas_are_the_system_administrators()
    {
        var project = await api.ProjectAsync();
        var id = await QuotaIdAsync(project);
        var admin = await api.MemberAsync(project, Role.ProjectAdmin);
        using var changed = await admin.CallTextAsync(HttpMethod.Put, $"{Path}/{id}", """{"hard":{"storage":-1}}""");

        Assert.Equal(
            (403, 403, 403, 401, 401),
            ((await admin.RefusalAsync(Path)).Status, (await admin.RefusalAsync($"{Path}/{id}")).Status, (int)changed.StatusCode,
                (await api.Anonymous.RefusalAsync(Path)).Status, (await api.Anonymous.RefusalAsync($"{Path}/{id}")).Status));
    }

    [Fact]
    public async Task However_many_quotas_are_listed_it_takes_the_same_statements()
    {
        for (var each = 0; each < 6; each++)
        {
            await api.ProjectAsync();
        }

        await api.Admin.JsonAsync(Path);
        using var statements = new SqlStatements(api.Harbor);
        await api.Admin.JsonAsync($"{Path}?page_size=1&page=2");
        var few = statements.Take();
        await api.Admin.JsonAsync($"{Path}?page_size=5&page=1");
        var many = statements.Take();

        Assert.Equal((2, 2), (few.Count, many.Count));
    }

    [Fact]
    public async Task Changing_the_default_changes_no_project_that_is_there()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await Identity.People.SetAsync(harbor, "storage_per_project", "4096");
        var made = await new ApiFixture(harbor).ProjectAsync();

        Assert.Equal((4096, -1), (await LimitAsync(made), await LimitAsync("library")));

        async Task<long> LimitAsync(string project) => (long)(await harbor.Admin.JsonAsync($"/api/v2.0/projects/{project}/summary"))["quota"]!["hard"]!["storage"]!;
    }

    private static async Task<string[]> NamesAsync(TestHarbor harbor, string query) =>
        [.. (await harbor.Admin.JsonAsync(Path + query)).AsArray().Select(quota => (string)quota!["ref"]!["name"]!)];

    private async Task<long> QuotaIdAsync(string project) => Convert.ToInt64(
        await api.Harbor.Database.QueryAsync($"SELECT quota.id FROM quota JOIN project ON project.id = project_id WHERE name = '{project}'"), CultureInfo.InvariantCulture);
}
