using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Platform.Jobs;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.GarbageCollection;

/// <summary>Runs of the garbage collection by hand and by schedule, as Harbor's API shows them.</summary>
public sealed partial class RunTests : IAsyncLifetime
{
    private const string Gc = "/api/v2.0/system/gc";
    private const string Schedule = $"{Gc}/schedule";

    private static readonly TestImage Image = TestImage.Of("web", TestImage.Bytes(1), TestImage.Bytes(2));

    private TestHarbor harbor = null!;
    private ContentRepository web = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync(new TestHarborOptions { GarbageGrace = TimeSpan.FromHours(2) });
        web = new ContentRepository(harbor, "library", "web");
    }

    public async ValueTask DisposeAsync()
    {
        web.Dispose();
        await harbor.DisposeAsync();
    }

    [Fact]
    public async Task A_run_frees_what_was_deleted_a_grace_ago_and_reports_it()
    {
        await web.Registry.PushAsync(Image, "v1");
        await web.DeleteAsync("/artifacts/v1");
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(3));

        var run = await RunAsync(new { delete_untagged = true, workers = 2 });

        Assert.Equal("Success", (string?)run["job_status"]);
        Assert.Equal(("GARBAGE_COLLECTION", "MANUAL", "Manual"), ((string)run["job_name"]!, (string)run["job_kind"]!, (string)run["schedule"]!["type"]!));
        var told = JsonNode.Parse((string)run["job_parameters"]!)!;
        var bytes = Image.Manifest.Content.Length + Image.Blobs.Sum(blob => blob.Length);
        Assert.Equal($$"""{"delete_untagged":true,"delete_tag":false,"dry_run":false,"workers":2,"time_window":2,"freed_space":{{bytes}},"purged_blobs":3,"purged_manifests":1}""", Ordered(told, "delete_untagged", "delete_tag", "dry_run", "workers", "time_window", "freed_space", "purged_blobs", "purged_manifests"));
        var log = await harbor.Admin.GetStringAsync($"{Gc}/{run["id"]}/log", Ct);
        Assert.Equal("3", Eligible().Match(log).Groups[1].Value);
        Assert.Contains("3 blobs and 1 manifests are actually deleted", log, StringComparison.Ordinal);
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task A_dry_run_counts_the_untagged_too_and_writes_nothing()
    {
        await web.Registry.PushAsync(Image, "v1");
        await web.DeleteAsync("/artifacts/v1/tags/v1");
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(3));

        var run = await RunAsync(new { delete_untagged = true, dry_run = true });

        var told = JsonNode.Parse((string)run["job_parameters"]!)!;
        Assert.Equal(("3", "1"), ($"{told["purged_blobs"]}", $"{told["purged_manifests"]}"));
        Assert.Equal(1L, await harbor.Database.QueryAsync("SELECT count(*) FROM artifact WHERE deletion_id IS NULL"));
        Assert.Equal(3L, await harbor.Database.QueryAsync("SELECT count(*) FROM blob"));
        Assert.Equal(1L, await harbor.Database.QueryAsync("SELECT count(*) FROM deletion"));
        Assert.Contains("3 blobs and 1 manifests eligible for deletion", await harbor.Admin.GetStringAsync($"{Gc}/{run["id"]}/log", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Untagged_artifacts_are_deleted_if_asked_and_only_those_that_nothing_names_and_nobody_touched()
    {
        var child = TestImage.Of("child", Image.Layers[0]);
        await web.Registry.PushAsync(Image);                                        // alone
        await web.Registry.PushAsync(child);                                        // of an index
        await web.Registry.PushAsync(TestManifest.Index(child.Manifest), "all");
        await web.Registry.PutAsync(TestImage.Empty);
        await web.Registry.PutAsync(TestImage.Bytes(7));
        await web.Registry.PushAsync(TestManifest.Signature(child.Manifest, TestImage.Bytes(7)));   // an accessory
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(3));
        await web.Registry.PushAsync(TestImage.Of("young", TestImage.Bytes(8)));

        await RunAsync(new { delete_untagged = false });
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM deletion"));

        await RunAsync(new { delete_untagged = true });

        Assert.Equal(1L, await harbor.Database.QueryAsync("SELECT count(*) FROM artifact WHERE deletion_id IS NOT NULL"));
        Assert.Null(await web.Registry.GetAsync($"manifests/{Image.Manifest.Digest}"));
        Assert.Equal("artifact garbage collection", await harbor.Database.QueryAsync("SELECT kind || ' ' || reason FROM deletion"));
        await ContentRepository.AuditAsync(harbor);

        // It can be restored until the grace is over, and is freed after it.
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(6));
        var run = await RunAsync(new { });
        Assert.Equal("1", $"{JsonNode.Parse((string)run["job_parameters"]!)!["purged_manifests"]}");
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task With_nothing_to_do_it_says_so()
    {
        var run = await RunAsync(new { });

        Assert.Contains("no need to execute GC as there is no non referenced artifacts.", await harbor.Admin.GetStringAsync($"{Gc}/{run["id"]}/log", Ct), StringComparison.Ordinal);
        Assert.Equal("0", $"{JsonNode.Parse((string)run["job_parameters"]!)!["freed_space"]}");
    }

    [Theory]
    [InlineData("11")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"two\"")]
    [InlineData("true")]
    [InlineData("9223372036854775808")]
    public async Task A_number_of_workers_that_is_none_from_one_to_ten_is_refused(string workers)
    {
        using var refused = await harbor.Admin.CallAsync(HttpMethod.Post, Schedule, new { schedule = new { type = "Manual" }, parameters = new { workers = JsonNode.Parse(workers) } });
        var (status, code, message) = await refused.RefusalAsync();

        Assert.Equal((400, "BAD_REQUEST"), (status, code));
        Assert.StartsWith("Error: Invalid number of workers:", message, StringComparison.Ordinal);
        Assert.EndsWith("Workers must be greater than 0 and less than or equal to 10.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zero_workers_are_one_and_a_flag_must_be_one()
    {
        var run = await RunAsync(new { workers = 0 });
        Assert.Equal("1", $"{JsonNode.Parse((string)run["job_parameters"]!)!["workers"]}");

        using var refused = await harbor.Admin.CallAsync(HttpMethod.Post, Schedule, new { schedule = new { type = "Manual" }, parameters = new { delete_untagged = "yes" } });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task A_schedule_is_kept_shown_replaced_fired_and_removed()
    {
        Assert.Equal("", await harbor.Admin.GetStringAsync(Schedule, Ct));
        using (var made = await harbor.Admin.CallAsync(HttpMethod.Post, Schedule, new { schedule = new { type = "Hourly", cron = "0 0 * * * *" }, parameters = new { delete_untagged = true } }))
        {
            Assert.Equal((HttpStatusCode.Created, $"{Gc}/0"), (made.StatusCode, made.Headers.Location!.OriginalString));
        }

        using (var replaced = await harbor.Admin.CallAsync(HttpMethod.Put, Schedule, new { schedule = new { type = "Daily", cron = "0 0 0 * * *" }, parameters = new { delete_untagged = true, workers = 3 } }))
        {
            Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
        }

        var shown = await harbor.Admin.JsonAsync(Schedule);
        Assert.Equal(("Daily", "0 0 0 * * *", "0 0 0 * * *"), ((string)shown["schedule"]!["type"]!, (string)shown["schedule"]!["cron"]!, (string)shown["job_kind"]!));
        Assert.Null(shown["job_name"]);
        Assert.True(DateTimeOffset.Parse((string)shown["schedule"]!["next_scheduled_time"]!, CultureInfo.InvariantCulture) > DateTimeOffset.UnixEpoch);

        await harbor.Database.QueryAsync("UPDATE schedule SET next_fire_at = now() WHERE vendor_type = 'GARBAGE_COLLECTION'");
        await harbor.Services.GetRequiredService<ScheduleClock>().FireDueAsync(Ct);
        await harbor.Services.GetRequiredService<JobWorkers>().RunDueAsync(Ct);
        var run = (await harbor.Admin.JsonAsync(Gc)).AsArray()[0]!;
        Assert.Equal(("SCHEDULE", "Schedule", "Success"), ((string)run["job_kind"]!, (string)run["schedule"]!["type"]!, (string)run["job_status"]!));
        Assert.Null(run["schedule"]!["cron"]);
        Assert.Equal("3", $"{JsonNode.Parse((string)run["job_parameters"]!)!["workers"]}");

        using var none = await harbor.Admin.CallAsync(HttpMethod.Post, Schedule, new { schedule = new { type = "None" } });
        Assert.Equal(HttpStatusCode.Created, none.StatusCode);
        Assert.Equal("", await harbor.Admin.GetStringAsync(Schedule, Ct));
    }

    [Theory]
    [InlineData("Custom", "")]
    [InlineData("Daily", "every day")]
    [InlineData("Custom", "1 0 0 * * *")]
    public async Task A_cron_that_is_none_is_refused(string type, string cron)
    {
        using var refused = await harbor.Admin.CallAsync(HttpMethod.Post, Schedule, new { schedule = new { type, cron }, parameters = new { } });
        var (status, code, message) = await refused.RefusalAsync();

        Assert.Equal((400, "BAD_REQUEST"), (status, code));
        Assert.StartsWith("invalid cron string for scheduled gc", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_none_is_not_found_not_stopped_and_has_no_log()
    {
        var other = await harbor.Database.QueryAsync("""
            INSERT INTO execution (vendor_type, vendor_id, status, trigger, start_time, update_time, end_time)
            VALUES ('RETENTION', 1, 'Success', 'MANUAL', now(), now(), now()) RETURNING id
            """);
        foreach (var id in (string[])["999999", $"{other}"])
        {
            using var shown = await harbor.Admin.GetAsync($"{Gc}/{id}", Ct);
            Assert.Equal((404, "NOT_FOUND", $"garbage collection execution {id} not found"), await shown.RefusalAsync());
            using var stopped = await harbor.Admin.CallAsync(HttpMethod.Put, $"{Gc}/{id}");
            Assert.Equal(HttpStatusCode.NotFound, stopped.StatusCode);
            using var log = await harbor.Admin.GetAsync($"{Gc}/{id}/log", Ct);
            Assert.Equal(HttpStatusCode.NotFound, log.StatusCode);
        }
    }

    [Fact]
    public async Task A_stopped_run_keeps_what_it_did_and_says_so()
    {
        var points = new HoldingPoints();
        await using var held = await TestHarbor.StartAsync(new TestHarborOptions
        {
            GarbageGrace = TimeSpan.FromHours(2),
            Services = services => services.AddSingleton<Platform.Diagnostics.PausePoints>(points),
        });
        using var repository = new ContentRepository(held, "library", "web");
        await repository.Registry.PushAsync(Image, "v1");
        await repository.DeleteAsync("/artifacts/v1");
        await held.ShiftDatabaseClockAsync(TimeSpan.FromHours(3));
        var claimed = points.HoldAt("collect.claimed");
        var id = await StartAsync(held, new { });
        await claimed.ReachedAsync();

        using var stopped = await held.Admin.CallAsync(HttpMethod.Put, $"{Gc}/{id}");

        Assert.Equal(HttpStatusCode.OK, stopped.StatusCode);
        var run = await EndedAsync(held, id);
        Assert.Equal("Stopped", (string?)run["job_status"]);
        Assert.Equal("1", $"{JsonNode.Parse((string)run["job_parameters"]!)!["purged_manifests"]}");
        Assert.Equal(0L, await held.Database.QueryAsync("SELECT count(*) FROM artifact"));
        await ContentRepository.AuditAsync(held);
    }

    [Fact]
    public async Task While_the_registry_is_read_only_a_scheduled_run_fails_and_deletes_nothing()
    {
        var id = await StartAsync(harbor, new { });
        await EndedAsync(harbor, id);
        using (var closed = await harbor.Admin.CallAsync(HttpMethod.Put, "/api/v2.0/configurations", new { read_only = true }))
        {
            Assert.True(closed.IsSuccessStatusCode);
        }

        var executions = harbor.Services.GetRequiredService<IEnumerable<IScheduledWork>>().Single(work => work.VendorType == "GARBAGE_COLLECTION");
        await harbor.Services.GetRequiredService<Platform.Data.Database>().TransactAsync(tx => executions.FireAsync(tx, new Schedule
        {
            Id = 1,
            VendorType = "GARBAGE_COLLECTION",
            VendorId = -1,
            CronType = "Daily",
            Cron = "0 0 0 * * *",
            ExtraAttributes = [],
            CreationTime = default,
            UpdateTime = default,
        }), Ct);
        await harbor.Services.GetRequiredService<JobWorkers>().RunDueAsync(Ct);

        Assert.Equal("Error", (string?)(await harbor.Admin.JsonAsync(Gc)).AsArray()[0]!["job_status"]);
    }

    private async Task<JsonNode> RunAsync(object parameters) => await EndedAsync(harbor, await StartAsync(harbor, parameters));

    private static async Task<long> StartAsync(TestHarbor on, object parameters)
    {
        using var begun = await on.Admin.CallAsync(HttpMethod.Post, Schedule, new { schedule = new { type = "Manual" }, parameters });
        Assert.True(begun.StatusCode == HttpStatusCode.Created, await begun.BodyAsync());
        Assert.StartsWith($"{Gc}/", begun.Headers.Location!.OriginalString, StringComparison.Ordinal);
        return begun.IdIn();
    }

    // The workers of the server run it, too; whoever is first.
    private static async Task<JsonNode> EndedAsync(TestHarbor on, long id)
    {
        while (true)
        {
            await on.Services.GetRequiredService<JobWorkers>().RunDueAsync(Ct);
            var run = await on.Admin.JsonAsync($"{Gc}/{id}");
            if ((string?)run["job_status"] is not ("Running" or "Pending"))
            {
                return run;
            }

            await Task.Delay(20, Ct);
        }
    }

    private static string Ordered(JsonNode node, params string[] names) =>
        new JsonObject(names.Select(name => KeyValuePair.Create(name, node[name]?.DeepClone()))).ToJsonString();

    [GeneratedRegex(@"\s(\d+) blobs and \d+ manifests eligible for deletion")]
    private static partial Regex Eligible();
}
