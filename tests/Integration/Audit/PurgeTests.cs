using System.Globalization;
using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Platform.Jobs;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Audit;

/// <summary>Old records go: whole months where nothing stays, else one by one. What is counted stays true.</summary>
public sealed class PurgeTests : IAsyncLifetime
{
    private const string Base = "/api/v2.0/system/purgeaudit";

    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task A_month_in_which_nothing_stays_is_dropped_and_the_counts_are_still_true()
    {
        await AddMonthAsync();
        await RecordAsync("create_artifact", daysAgo: 80, count: 40, project: 7);
        await RecordAsync("pull_artifact", daysAgo: 80, count: 2, project: 8);
        await RecordAsync("create_artifact", daysAgo: 1, count: 3, project: 7);
        var months = await MonthsAsync();

        var log = await PurgeAsync(24 * 30, "create_artifact,pull_artifact");

        Assert.Contains("Purge audit job start", log, StringComparison.Ordinal);
        Assert.Contains("Purged 42 rows of audit logs", log, StringComparison.Ordinal);
        Assert.Contains("dropped", log, StringComparison.Ordinal);
        Assert.Equal(months - 1, await MonthsAsync());
        await CountsAreTrueAsync();
        Assert.Equal(3L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext WHERE project_id = 7"));
    }

    [Fact]
    public async Task In_a_month_where_something_stays_the_rest_goes_in_batches()
    {
        await AddMonthAsync();
        await RecordAsync("create_artifact", daysAgo: 80, count: 12_001, project: 7);
        await RecordAsync("create_user", daysAgo: 80, count: 5, project: 0);
        var months = await MonthsAsync();

        var log = await PurgeAsync(24 * 30, "create_artifact,no_such_thing");

        Assert.Contains("Purged 12001 rows of audit logs", log, StringComparison.Ordinal);
        Assert.Equal(months, await MonthsAsync());
        Assert.Equal(5L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext WHERE op_time < now() - interval '30 days'"));
        await CountsAreTrueAsync();
    }

    [Fact]
    public async Task Other_is_everything_but_the_artifacts_and_the_log_of_older_releases_is_purged_too()
    {
        await RecordAsync("create_user", daysAgo: 80, count: 2, project: 0);
        await RecordAsync("create_tag", daysAgo: 80, count: 3, project: 7);
        await RecordAsync("pull_artifact", daysAgo: 80, count: 4, project: 7);
        await harbor.Database.QueryAsync("""
            INSERT INTO audit_log (project_id, username, operation, resource_type, resource, op_time)
            SELECT 7, 'admin', operation, type, 'old', now() - interval '90 days' FROM (VALUES ('Create', 'artifact'), ('delete', 'repository'), ('pull', 'artifact')) AS old (operation, type)
            """);

        Assert.Contains("Purged 6 rows", await PurgeAsync(24, "other"), StringComparison.Ordinal);
        Assert.Equal(2L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log"));
        Assert.Contains("Purged 1 rows", await PurgeAsync(24, "create_artifact"), StringComparison.Ordinal);
        await CountsAreTrueAsync();
    }

    [Theory]
    [InlineData(24, "create_artifact", true, "[DRYRUN]Purged 9 rows of audit logs")]
    [InlineData(0, "create_artifact", false, "Nothing is to be purged")]
    [InlineData(-1, "create_artifact", false, "Nothing is to be purged")]
    [InlineData(24, "", false, "Nothing is to be purged")]
    [InlineData(24, "create_nothing", false, "Purged 0 rows of audit logs")]
    [InlineData(24 * 81, "create_artifact", false, "Purged 0 rows of audit logs")]
    public async Task What_is_not_to_go_stays(int hours, string types, bool dryRun, string said)
    {
        await RecordAsync("create_artifact", daysAgo: 80, count: 9, project: 7);

        Assert.Contains(said, await PurgeAsync(hours, types, dryRun), StringComparison.Ordinal);

        Assert.Equal(9L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext WHERE project_id = 7"));
    }

    [Fact]
    public async Task A_schedule_is_set_shown_replaced_and_removed()
    {
        Assert.Equal("", await harbor.Admin.GetStringAsync($"{Base}/schedule"));
        using var made = await SetAsync(HttpMethod.Post, "Daily", "0 0 0 * * *", 24, "pull_artifact");
        Assert.Equal((201, $"{Base}/0"), ((int)made.StatusCode, made.Headers.Location!.OriginalString));
        using var replaced = await SetAsync(HttpMethod.Put, "Custom", "0 30 1 * * *", 48, "other");
        Assert.Equal(200, (int)replaced.StatusCode);

        var shown = await harbor.Admin.JsonAsync($"{Base}/schedule");
        Assert.Equal(("Custom", "0 30 1 * * *"), ((string)shown["schedule"]!["type"]!, (string)shown["schedule"]!["cron"]!));
        Assert.Equal("""{"audit_retention_hour":48,"dry_run":false,"include_event_types":"other"}""",
            new JsonObject(JsonNode.Parse((string)shown["job_parameters"]!)!.AsObject().OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => KeyValuePair.Create(each.Key, each.Value?.DeepClone()))).ToJsonString());

        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(25));
        await harbor.Services.GetRequiredService<ScheduleClock>().FireDueAsync(TestContext.Current.CancellationToken);
        await harbor.Services.GetRequiredService<JobWorkers>().RunDueAsync(TestContext.Current.CancellationToken);
        var run = Assert.Single((await harbor.Admin.JsonAsync(Base)).AsArray())!;
        Assert.Equal(("PURGE_AUDIT_LOG", "SCHEDULE", "Success"), ((string)run["job_name"]!, (string)run["job_kind"]!, (string)run["job_status"]!));

        using var removed = await SetAsync(HttpMethod.Put, "None", null, 24, "other");
        Assert.Equal(200, (int)removed.StatusCode);
        Assert.Equal("", await harbor.Admin.GetStringAsync($"{Base}/schedule"));
    }

    [Fact]
    public async Task What_is_missing_or_at_fault_is_refused()
    {
        (string Body, string Message)[] refusals =
        [
            ("""{"schedule":{"type":"Manual"}}""", "schedule parameter cann't be empty"),
            ("""{"schedule":{"type":"None"},"parameters":{"audit_retention_hour":1}}""", "include_event_types should provide"),
            ("""{"schedule":{"type":"Manual"},"parameters":{"include_event_types":"other"}}""", "audit_retention_hour should provide"),
            ("""{"parameters":{"audit_retention_hour":1,"include_event_types":"other"}}""", "schedule cann't be empty"),
            ("""{"schedule":{"type":"Manual"},"parameters":{"audit_retention_hour":240001,"include_event_types":"other"}}""", "audit_retention_hour should be less than 240000"),
            ("""{"schedule":{"type":"Manual"},"parameters":{"audit_retention_hour":"1","include_event_types":"other"}}""", "audit_retention_hour must be a whole number"),
            ("""{"schedule":{"type":"Manual"},"parameters":{"audit_retention_hour":1e300,"include_event_types":"other"}}""", "audit_retention_hour must be a whole number"),
            ("""{"schedule":{"type":"Manual"},"parameters":{"audit_retention_hour":1,"include_event_types":"other","dry_run":"no"}}""", "dry_run must be true or false"),
            ("""{"schedule":{"type":"Daily","cron":"often"},"parameters":{"audit_retention_hour":1,"include_event_types":"other"}}""", "invalid cron string for scheduled log rotation purge: often"),
            ("""{"schedule":{"type":"Daily","cron":"* * * * * *"},"parameters":{"audit_retention_hour":1,"include_event_types":"other"}}""", "invalid cron string for scheduled log rotation purge: * * * * * *"),
        ];
        foreach (var (body, message) in refusals)
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put])
            {
                using var refused = await harbor.Admin.CallTextAsync(method, $"{Base}/schedule", body);
                Assert.Equal((400, "BAD_REQUEST", message), await refused.RefusalAsync());
            }
        }
    }

    [Fact]
    public async Task Runs_of_other_kinds_are_not_found()
    {
        var other = await harbor.Database.QueryAsync("""
            INSERT INTO execution (vendor_type, vendor_id, status, status_message, trigger, extra_attrs, start_time, update_time, end_time)
            VALUES ('GARBAGE_COLLECTION', -1, 'Success', '', 'MANUAL', '{}', now(), now(), now()) RETURNING id
            """);

        foreach (var path in (string[])[$"{Base}/{other}", $"{Base}/{other}/log", $"{Base}/987654321", $"{Base}/987654321/log"])
        {
            Assert.Equal(404, (await harbor.Admin.RefusalAsync(path)).Status);
        }

        using var stopped = await harbor.Admin.CallAsync(HttpMethod.Put, $"{Base}/{other}");
        Assert.Equal(404, (int)stopped.StatusCode);
    }

    [Fact]
    public async Task Records_are_written_while_a_month_is_dropped_and_none_is_miscounted()
    {
        await AddMonthAsync();
        await RecordAsync("create_artifact", daysAgo: 80, count: 20_000, project: 7);
        using var ended = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                await RecordAsync("create_artifact", daysAgo: 0, count: 3, project: 7);
            }
        });

        await PurgeAsync(24 * 30, "create_artifact");
        await ended.CancelAsync();
        await writing;

        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext WHERE op_time < now() - interval '30 days'"));
        await CountsAreTrueAsync();
    }

    private async Task<string> PurgeAsync(int hours, string types, bool dryRun = false)
    {
        using var begun = await SetAsync(HttpMethod.Post, "Manual", null, hours, types, dryRun);
        Assert.Equal(201, (int)begun.StatusCode);
        await harbor.Services.GetRequiredService<JobWorkers>().RunDueAsync(TestContext.Current.CancellationToken);
        var path = begun.Headers.Location!.OriginalString;
        Assert.Equal("Success", (string)(await harbor.Admin.JsonAsync(path))["job_status"]!);
        return await harbor.Admin.GetStringAsync($"{path}/log");
    }

    private Task<HttpResponseMessage> SetAsync(HttpMethod method, string type, string? cron, int hours, string types, bool dryRun = false) =>
        harbor.Admin.CallAsync(method, $"{Base}/schedule", new
        {
            schedule = new { type, cron },
            parameters = new { audit_retention_hour = hours, include_event_types = types, dry_run = dryRun },
        });

    // Its month ended 30 days ago, whatever day it is today.
    private Task AddMonthAsync() => harbor.Database.QueryAsync("SELECT audit_log_add_month(now() - interval '80 days')");

    private Task RecordAsync(string type, int daysAgo, int count, long project) => harbor.Database.QueryAsync(string.Create(CultureInfo.InvariantCulture, $"""
        INSERT INTO audit_log_ext (project_id, username, operation, resource_type, resource, operation_description, operation_result, op_time)
        SELECT {project}, 'admin', '{type.Split('_')[0]}', '{type.Split('_')[1]}', 'thing ' || n, '', true, now() - interval '{daysAgo} days' FROM generate_series(1, {count}) AS n
        """));

    private async Task<long> MonthsAsync() => (long)(await harbor.Database.QueryAsync("SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit_log_ext'::regclass"))!;

    private async Task CountsAreTrueAsync() => Assert.Equal(0L, await harbor.Database.QueryAsync("""
        SELECT count(*) FROM audit_log_count FULL JOIN (SELECT project_id, count(*) AS there FROM audit_log_ext GROUP BY project_id) AS log USING (project_id)
        WHERE coalesce(records, 0) <> coalesce(there, 0)
        """));
}
