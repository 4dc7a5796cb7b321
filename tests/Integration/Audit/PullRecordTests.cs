using System.Net;
using Harbor.Integration.Content;
using Harbor.Integration.Startup;
using Harbor.Modules.Artifacts.Pulls;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Audit;

/// <summary>Pulls are recorded and counted, though none of them writes anything while it is served.</summary>
public sealed class PullRecordTests : IAsyncLifetime
{
    private static readonly TestImage Image = TestImage.Of("web", TestImage.Bytes(1));

    private TestHarbor harbor = null!;
    private AuditReader log = null!;
    private RegistryClient client = null!;

    private static string Digest => Image.Manifest.Digest.Value;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync();
        log = new AuditReader(harbor);
        client = new RegistryClient(harbor.Url, "library/web");
        await client.PushAsync(Image, "v1");
        await log.SkipAsync();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await harbor.DisposeAsync();
    }

    [Fact]
    public async Task Each_pull_is_a_record_by_tag_or_by_digest()
    {
        await log.RecordsAsync(
            async () =>
            {
                Assert.NotNull(await client.GetAsync("manifests/v1"));
                Assert.NotNull(await client.GetAsync("manifests/v1"));
                Assert.NotNull(await client.GetAsync($"manifests/{Digest}"));
            },
            $"admin pull artifact library/web:v1 | pull artifact: library/web@{Digest} | true | library",
            $"admin pull artifact library/web:v1 | pull artifact: library/web@{Digest} | true | library",
            $"admin pull artifact library/web@{Digest} | pull artifact: library/web@{Digest} | true | library");
    }

    [Fact]
    public async Task A_pull_writes_nothing_while_it_is_served()
    {
        Assert.NotNull(await client.GetAsync("manifests/v1"));
        using var statements = new SqlStatements(harbor);

        Assert.NotNull(await client.GetAsync("manifests/v1"));

        Assert.DoesNotContain(statements.Take(), sql => sql.Contains("INSERT", StringComparison.Ordinal) || sql.Contains("UPDATE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_anonymous_pull_is_one_by_anonymous()
    {
        var token = (await harbor.Anonymous.GetStringAsync("/service/token?service=harbor-registry&scope=repository:library/web:pull")).Split('"')[3];

        await log.RecordsAsync(
            async () =>
            {
                using var answer = await harbor.ClientWithToken(token).GetAsync("/v2/library/web/manifests/v1");
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            },
            $"anonymous pull artifact library/web:v1 | pull artifact: library/web@{Digest} | true | library");
    }

    [Fact]
    public async Task Looking_is_no_pull_and_neither_is_what_was_not_there_or_not_sent_again()
    {
        await log.RecordsAsync(async () =>
        {
            Assert.Equal(HttpStatusCode.OK, await client.HeadAsync("manifests/v1"));
            Assert.Null(await client.GetAsync("manifests/v9"));
            Assert.NotNull(await client.GetAsync($"blobs/{Oci.Digest.Of(Image.Config)}"));
            using var known = await GetAsync(("If-None-Match", $"\"{Digest}\""));
            Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        });
    }

    [Fact]
    public async Task What_replication_reads_is_no_pull()
    {
        await log.RecordsAsync(async () =>
        {
            using var read = await GetAsync(("User-Agent", "harbor-registry-client"));
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        });
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT pull_count FROM repository WHERE name = 'library/web'"));
    }

    [Fact]
    public async Task Pulls_are_counted_and_their_times_kept()
    {
        Assert.Null(await harbor.Database.QueryAsync("SELECT pull_time FROM tag WHERE name = 'v1'"));
        Assert.NotNull(await client.GetAsync("manifests/v1"));
        Assert.NotNull(await client.GetAsync($"manifests/{Digest}"));
        await log.SettleAsync();

        Assert.Equal(2L, await harbor.Database.QueryAsync("SELECT pull_count FROM repository WHERE name = 'library/web'"));
        Assert.True((bool)(await harbor.Database.QueryAsync("""
            SELECT artifact.pull_time >= tag.pull_time AND artifact.pull_time BETWEEN artifact.push_time AND harbor_now() FROM artifact JOIN tag ON artifact_id = artifact.id
            """))!);
    }

    [Fact]
    public async Task An_administrator_can_turn_records_counts_and_times_off()
    {
        await Identity.People.SetAsync(harbor, "pull_audit_log_disable", "true");
        await log.RecordsAsync(async () => Assert.NotNull(await client.GetAsync("manifests/v1")));
        Assert.Equal(1L, await harbor.Database.QueryAsync("SELECT pull_count FROM repository WHERE name = 'library/web'"));

        await Identity.People.SetAsync(harbor, "pull_count_update_disable", "true");
        await Identity.People.SetAsync(harbor, "pull_time_update_disable", "true");
        var time = await harbor.Database.QueryAsync("SELECT pull_time FROM tag WHERE name = 'v1'");
        await log.RecordsAsync(async () => Assert.NotNull(await client.GetAsync("manifests/v1")));
        Assert.Equal(1L, await harbor.Database.QueryAsync("SELECT pull_count FROM repository WHERE name = 'library/web'"));
        Assert.Equal(time, await harbor.Database.QueryAsync("SELECT pull_time FROM tag WHERE name = 'v1'"));
    }

    [Fact]
    public async Task They_are_written_within_a_second_by_themselves()
    {
        Assert.NotNull(await client.GetAsync("manifests/v1"));

        await Eventually.HoldsAsync(
            async () => (long)(await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext WHERE operation = 'pull'"))! == 1, "the pull is recorded");
    }

    [Fact]
    public async Task Stopping_loses_none()
    {
        await using var other = await harbor.ReplicaAsync();
        using var there = new RegistryClient(other.Url, "library/web");
        for (var pull = 0; pull < 25; pull++)
        {
            Assert.NotNull(await there.GetAsync("manifests/v1"));
        }

        await other.StopAsync();

        Assert.Equal(25L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext WHERE operation = 'pull'"));
        Assert.Equal(25L, await harbor.Database.QueryAsync("SELECT pull_count FROM repository WHERE name = 'library/web'"));
    }

    [Fact]
    public async Task Pulls_that_come_too_fast_to_be_told_apart_are_recorded_together_and_counted_in_full()
    {
        var row = (long)(await harbor.Database.QueryAsync("SELECT id FROM artifact"))!;
        var repository = (long)(await harbor.Database.QueryAsync("SELECT repository_id FROM artifact"))!;
        var pull = new Pull(1, repository, "library/web", row, Image.Manifest.Digest, "v1", "admin");
        var pulls = harbor.Services.GetRequiredService<PullLog>();

        // In one go, so that no flush comes between more than once.
        for (var number = 0; number < 3 * PullLog.MaxSeparate; number++)
        {
            pulls.Add(pull with { });
        }

        await log.SettleAsync();
        await harbor.Services.GetRequiredService<PullFlush>().FlushAsync(CancellationToken.None);
        Assert.Equal(3L * PullLog.MaxSeparate, await harbor.Database.QueryAsync("SELECT pull_count FROM repository WHERE name = 'library/web'"));
        Assert.Equal(3L * PullLog.MaxSeparate, await harbor.Database.QueryAsync("""
            SELECT sum(coalesce(substring(operation_description FROM ', (\d+) times within a second')::bigint, 1))::bigint FROM audit_log_ext WHERE operation = 'pull'
            """));
        Assert.InRange((long)(await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext WHERE operation = 'pull'"))!, PullLog.MaxSeparate, 2 * PullLog.MaxSeparate + 2);
    }

    private async Task<HttpResponseMessage> GetAsync((string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/library/web/manifests/v1");
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        return await harbor.Admin.SendAsync(request);
    }
}
