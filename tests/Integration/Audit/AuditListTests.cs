using System.Globalization;
using System.Net;
using Harbor.Integration.Api;
using Harbor.Modules.Access;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Audit;

/// <summary>Who may read which records, and how they are found.</summary>
public sealed class AuditListTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task An_administrator_reads_everything_newest_first_with_total_and_links()
    {
        var marker = ApiFixture.Unique("all");
        await RecordsAsync(0, marker, 25);

        using var answer = await api.Admin.GetAsync($"/api/v2.0/auditlog-exts?q=username={marker}&page=2&page_size=10");
        var rows = System.Text.Json.Nodes.JsonNode.Parse(await answer.BodyAsync())!.AsArray();

        Assert.Equal("25", answer.Headers.GetValues("X-Total-Count").Single());
        Assert.Contains("rel=\"prev\"", answer.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.Contains("rel=\"next\"", answer.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(6, 10).Reverse().Select(number => $"thing-{number}"), rows.Names("resource"));
        var row = rows[0]!.AsObject();
        Assert.Equal(
            ["id", "op_time", "operation", "operation_description", "operation_result", "resource", "resource_type", "username"],
            row.Select(field => field.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_total_is_exact_without_counting_and_follows_what_is_added_and_removed()
    {
        var project = await api.ProjectAsync();
        var id = await api.ProjectIdAsync(project);
        await SettleAsync();
        var before = await TotalAsync($"projects/{project}/auditlog-exts");
        await RecordsAsync(id, "somebody", 40);

        Assert.Equal(before + 40, await TotalAsync($"projects/{project}/auditlog-exts"));
        Assert.Equal(before + 40, await TotalAsync($"auditlog-exts?q=project_id={id}"));
        Assert.Equal((long)(await api.Harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext"))!, await TotalAsync("auditlog-exts"));

        await api.Harbor.Database.QueryAsync($"DELETE FROM audit_log_ext WHERE project_id = {id} AND username = 'somebody' AND resource LIKE '%5'");
        Assert.Equal(before + 36, await TotalAsync($"projects/{project}/auditlog-exts"));
        using var statements = new SqlStatements(api.Harbor);
        await TotalAsync("auditlog-exts");
        Assert.DoesNotContain(statements.Take(), sql => sql.Contains("count(*) FROM audit_log_ext", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_administrator_of_projects_reads_theirs_and_a_mere_member_reads_nothing()
    {
        var (mine, also, guest, foreign) = (await api.ProjectAsync(), await api.ProjectAsync(), await api.ProjectAsync(), await api.ProjectAsync(isPublic: true));
        var (userId, _, client) = await api.UserAsync();
        foreach (var (project, role) in new[] { (mine, Role.ProjectAdmin), (also, Role.ProjectAdmin), (guest, Role.Maintainer) })
        {
            using var added = await api.Admin.CallAsync(HttpMethod.Post, $"/api/v2.0/projects/{project}/members", new { role_id = (int)role, member_user = new { user_id = userId } });
            Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        }

        var marker = ApiFixture.Unique("seen");
        foreach (var project in new[] { mine, also, guest, foreign })
        {
            await RecordsAsync(await api.ProjectIdAsync(project), $"{marker}-{project}", 3);
        }

        await RecordsAsync(0, $"{marker}-system", 3);

        var seen = (await client.JsonAsync($"/api/v2.0/auditlog-exts?q=username=~{marker}&page_size=100")).Names("username").Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(new[] { $"{marker}-{mine}", $"{marker}-{also}" }.Order(StringComparer.Ordinal), seen);
        var newest = await client.JsonAsync("/api/v2.0/auditlog-exts?page_size=4");
        Assert.Equal([$"{marker}-{also}", $"{marker}-{mine}", $"{marker}-{also}", $"{marker}-{mine}"], newest.Names("username"));
        Assert.Equal(4, (await client.JsonAsync("/api/v2.0/auditlog-exts?page=2&page_size=4")).AsArray().Count);
        Assert.Equal("[]", (await client.JsonAsync($"/api/v2.0/auditlog-exts?q=project_id={await api.ProjectIdAsync(foreign)}")).ToJsonString());

        Assert.Equal(403, (await client.RefusalAsync($"/api/v2.0/projects/{guest}/auditlog-exts")).Status);
        Assert.Equal(403, (await client.RefusalAsync($"/api/v2.0/projects/{foreign}/logs")).Status);
        Assert.Equal(401, (await api.Anonymous.RefusalAsync("/api/v2.0/auditlog-exts")).Status);
        Assert.Equal(401, (await api.Anonymous.RefusalAsync("/api/v2.0/audit-logs")).Status);
        Assert.Equal(403, (await client.RefusalAsync("/api/v2.0/auditlog-exts/events")).Status);
    }

    [Fact]
    public async Task Who_has_no_project_to_administer_reads_an_empty_list()
    {
        var (_, _, client) = await api.UserAsync();

        foreach (var path in new[] { "auditlog-exts", "audit-logs" })
        {
            using var answer = await client.GetAsync($"/api/v2.0/{path}");
            Assert.Equal(("[]", "0"), ((await answer.BodyAsync()).Trim(), answer.Headers.GetValues("X-Total-Count").Single()));
        }
    }

    [Theory]
    [InlineData("resource=thing-3", "thing-3")]
    [InlineData("resource=~NG-3", "thing-3")]
    [InlineData("operation={pull none},resource={thing-1 thing-2}", "thing-2 thing-1")]
    [InlineData("operation=push", "")]
    [InlineData("resource_type=artifact,operation_result=false", "")]
    [InlineData("op_time=[2020-01-01T00:00:02~2020-01-01T00:00:03]", "thing-3 thing-2")]
    [InlineData("op_time__gte=2020-01-01T00:00:04", "thing-5 thing-4")]
    [InlineData("resource=~100%", "")]
    [InlineData("resource=' OR true --", "")]
    public async Task Records_are_found_by(string condition, string found)
    {
        var marker = ApiFixture.Unique("find");
        await RecordsAsync(0, marker, 5, "2020-01-01");

        var rows = await api.Admin.JsonAsync($"/api/v2.0/auditlog-exts?q={Uri.EscapeDataString($"username={marker},{condition}")}");

        Assert.Equal(found, string.Join(' ', rows.Names("resource")));
    }

    [Theory]
    [InlineData("op_time", "thing-1 thing-2 thing-3")]
    [InlineData("-op_time", "thing-3 thing-2 thing-1")]
    [InlineData("resource", "thing-1 thing-2 thing-3")]
    [InlineData("-id", "thing-3 thing-2 thing-1")]
    [InlineData("unknown", "thing-3 thing-2 thing-1")]
    public async Task Records_are_sorted_by(string sort, string order)
    {
        var marker = ApiFixture.Unique("sort");
        await RecordsAsync(0, marker, 3);

        Assert.Equal(order, string.Join(' ', (await api.Admin.JsonAsync($"/api/v2.0/auditlog-exts?q=username={marker}&sort={sort}")).Names("resource")));
    }

    [Theory]
    [InlineData("q=op_time=[yesterday~]", 400)]
    [InlineData("q=op_time=~2020", 400)]
    [InlineData("q=project_id=x", 400)]
    [InlineData("q=username", 400)]
    [InlineData("page_size=101", 422)]
    public async Task What_makes_no_sense_is_refused(string query, int status) =>
        Assert.Equal(status, (await api.Admin.RefusalAsync($"/api/v2.0/auditlog-exts?{query}")).Status);

    [Fact]
    public async Task However_many_records_are_listed_it_takes_the_same_statements()
    {
        var project = await api.ProjectAsync();
        await RecordsAsync(await api.ProjectIdAsync(project), "somebody", 60);
        await api.Admin.JsonAsync($"/api/v2.0/projects/{project}/auditlog-exts?page_size=1");
        using var statements = new SqlStatements(api.Harbor);

        await api.Admin.JsonAsync($"/api/v2.0/projects/{project}/auditlog-exts?page_size=2");
        var few = statements.Take();
        await api.Admin.JsonAsync($"/api/v2.0/projects/{project}/auditlog-exts?page_size=50");

        Assert.Equal(few.Count, statements.Take().Count);
        Assert.Equal(2, few.Count);
    }

    [Fact]
    public async Task The_event_types_are_those_of_Harbor_in_its_order()
    {
        var types = await api.Admin.JsonAsync("/api/v2.0/auditlog-exts/events");

        Assert.Equal(
            "create_artifact delete_artifact pull_artifact create_project delete_project delete_repository login_user logout_user create_user delete_user update_user "
            + "create_robot delete_robot update_configuration create_member delete_member update_member update_project",
            string.Join(' ', types.Names("event_type")));
    }

    [Fact]
    public async Task The_log_of_older_releases_is_shown_by_the_same_rules_and_nothing_is_added_to_it()
    {
        Assert.Equal("[]", (await api.Admin.JsonAsync("/api/v2.0/projects/library/logs")).ToJsonString());
        var project = await api.ProjectAsync();
        await api.Harbor.Database.QueryAsync($"""
            INSERT INTO audit_log (project_id, username, operation, resource_type, resource, op_time)
            SELECT {await api.ProjectIdAsync(project)}, 'old', 'pull', 'artifact', 'x:' || n, '2020-01-01'::timestamptz + make_interval(secs => n) FROM generate_series(1, 3) n
            """);

        Assert.Equal(["x:3", "x:2", "x:1"], (await api.Admin.JsonAsync($"/api/v2.0/projects/{project}/logs")).Names("resource"));
        var row = (await api.Admin.JsonAsync("/api/v2.0/audit-logs?q=username=old&page_size=1"))[0]!.AsObject();
        Assert.Equal(["id", "op_time", "operation", "resource", "resource_type", "username"], row.Select(field => field.Key).Order(StringComparer.Ordinal));
        var admin = await api.MemberAsync(project, Role.ProjectAdmin);
        Assert.Equal(3, (await admin.JsonAsync("/api/v2.0/audit-logs")).AsArray().Count);
    }

    private Task SettleAsync() => new AuditReader(api.Harbor).SettleAsync();

    private async Task<long> TotalAsync(string path)
    {
        using var answer = await api.Admin.GetAsync($"/api/v2.0/{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}page_size=1");
        return long.Parse(answer.Headers.GetValues("X-Total-Count").Single(), CultureInfo.InvariantCulture);
    }

    // One second apart, thing-1 the oldest.
    private async Task RecordsAsync(long project, string username, int count, string since = "now")
    {
        await SettleAsync();
        await api.Harbor.Database.QueryAsync($"""
            INSERT INTO audit_log_ext (project_id, username, operation, resource_type, resource, operation_description, operation_result, op_time)
            SELECT {project}, '{username}', 'pull', 'artifact', 'thing-' || n, 'pull artifact: thing-' || n, true,
                (CASE '{since}' WHEN 'now' THEN clock_timestamp() ELSE '{(since == "now" ? "2020-01-01" : since)} 00:00:00+00'::timestamptz END) + make_interval(secs => n)
            FROM generate_series(1, {count}) AS n
            """);
    }
}
