using Harbor.Modules.Audit;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Audit;

/// <summary>A partition is there before its month begins; the default one takes what no other does.</summary>
public sealed class PartitionTests : IAsyncLifetime
{
    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task This_month_and_the_two_that_come_are_there_from_the_start() =>
        Assert.Equal(3L, await harbor.Database.QueryAsync("""
            SELECT count(to_regclass('audit_log_ext_' || to_char((now() AT TIME ZONE 'UTC') + make_interval(months => ahead), 'YYYY_MM'))) FROM generate_series(0, 2) AS ahead
            """));

    [Fact]
    public async Task As_months_go_by_upkeep_makes_the_next_and_records_go_to_their_own()
    {
        for (var month = 1; month <= 4; month++)
        {
            await harbor.ShiftDatabaseClockAsync(TimeSpan.FromDays(31 * month));
            await harbor.Services.GetRequiredService<AuditUpkeep>().RunOnceAsync(TestContext.Current.CancellationToken);
            await harbor.ProjectAsync($"month-{month}");
            await new AuditReader(harbor).SettleAsync();
        }

        Assert.Equal(0, await harbor.Services.GetRequiredService<AuditUpkeep>().RunOnceAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM ONLY audit_log_ext_default"));
        Assert.Equal(4L, await harbor.Database.QueryAsync("""
            SELECT count(*) FROM audit_log_ext
            WHERE resource LIKE 'month-%' AND tableoid::regclass::text = 'audit_log_ext_' || to_char(op_time AT TIME ZONE 'UTC', 'YYYY_MM')
            """));
    }

    [Fact]
    public async Task Records_that_came_before_their_partition_move_into_it_and_stay_counted()
    {
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromDays(400));
        await harbor.ProjectAsync("early");
        await new AuditReader(harbor).SettleAsync();
        Assert.Equal(1L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext_default"));
        var counted = await harbor.Database.QueryAsync("SELECT sum(records)::bigint FROM audit_log_count");

        await harbor.Services.GetRequiredService<AuditUpkeep>().RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext_default"));
        Assert.Equal(1L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext WHERE resource = 'early'"));
        Assert.Equal(counted, await harbor.Database.QueryAsync("SELECT sum(records)::bigint FROM audit_log_count"));
    }

    [Fact]
    public async Task Two_replicas_may_make_them_at_once()
    {
        await using var other = await harbor.ReplicaAsync();
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromDays(800));

        await Task.WhenAll(
            harbor.Services.GetRequiredService<AuditUpkeep>().RunOnceAsync(TestContext.Current.CancellationToken),
            other.Services.GetRequiredService<AuditUpkeep>().RunOnceAsync(TestContext.Current.CancellationToken));

        Assert.Equal(3L, await harbor.Database.QueryAsync("""
            SELECT count(to_regclass('audit_log_ext_' || to_char((harbor_now() AT TIME ZONE 'UTC') + make_interval(months => ahead), 'YYYY_MM'))) FROM generate_series(0, 2) AS ahead
            """));
    }
}
