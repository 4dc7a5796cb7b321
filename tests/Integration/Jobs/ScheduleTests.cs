using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Jobs;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Jobs;

/// <summary>What is scheduled begins when its time has come: once, whoever is there to see it.</summary>
public sealed class ScheduleTests : IAsyncLifetime
{
    private const string Daily = "0 0 0 * * *";

    private TestDatabase testing = null!;
    private JobReplica first = null!;
    private JobReplica second = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        testing = await TestDatabase.CreateAsync();
        await testing.QueryAsync("DELETE FROM schedule");
        (first, second) = (Replica(), Replica());
        await first.Tasks.AddQueuesAsync([JobReplica.Plain.Name, JobQueues.Scheduler], Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
        await testing.DisposeAsync();
    }

    [Fact]
    public async Task It_fires_once_though_many_look_at_the_same_time()
    {
        await SetAsync("WORK", 7, Daily);
        Assert.Equal(0, await first.Clock.FireDueAsync(Ct));
        await testing.ShiftClockAsync(TimeSpan.FromDays(1));

        var fired = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => (number % 2 == 0 ? first : second).Clock.FireDueAsync(Ct)));

        Assert.Equal(1, fired.Sum());
        Assert.Equal(1L, await testing.QueryAsync("SELECT count(*) FROM execution WHERE vendor_type = 'WORK' AND vendor_id = 7 AND trigger = 'SCHEDULE'"));
    }

    [Fact]
    public async Task Firings_that_were_missed_are_made_up_for_by_one_and_then_it_goes_on_as_before()
    {
        await SetAsync("WORK", 7, Daily);
        await testing.ShiftClockAsync(TimeSpan.FromDays(10));

        Assert.Equal(1, await first.Clock.FireDueAsync(Ct));

        Assert.True((bool)(await testing.QueryAsync("SELECT next_fire_at > harbor_now() AND next_fire_at <= harbor_now() + interval '1 day' FROM schedule"))!);
    }

    [Fact]
    public async Task One_that_cannot_begin_holds_up_no_other_and_is_tried_again()
    {
        await SetAsync("BROKEN", 1, Daily);
        await SetAsync("WORK", 7, Daily);
        await testing.ShiftClockAsync(TimeSpan.FromDays(1));

        await first.Clock.FireDueAsync(Ct);

        Assert.Equal("WORK", await testing.QueryAsync("SELECT string_agg(vendor_type, ' ') FROM execution"));
        Assert.True((bool)(await testing.QueryAsync("SELECT next_fire_at <= harbor_now() + interval '1 minute' FROM schedule WHERE vendor_type = 'BROKEN'"))!);
    }

    [Fact]
    public async Task While_schedules_are_paused_none_fires_and_what_was_missed_stays_missed()
    {
        await SetAsync("WORK", 7, Daily);
        await first.Queues.PauseAsync(JobQueues.Scheduler, Ct);
        await testing.ShiftClockAsync(TimeSpan.FromDays(3));
        Assert.Equal(0, await first.Clock.FireDueAsync(Ct));

        await first.Queues.ResumeAsync(JobQueues.Scheduler, Ct);
        Assert.Equal(0, await first.Clock.FireDueAsync(Ct));

        await testing.ShiftClockAsync(TimeSpan.FromDays(4));
        Assert.Equal(1, await first.Clock.FireDueAsync(Ct));
    }

    [Fact]
    public async Task A_new_schedule_replaces_the_old_one_and_a_removed_one_is_gone()
    {
        await SetAsync("WORK", 7, Daily);
        await SetAsync("WORK", 7, "@hourly");
        Assert.Equal("@hourly", (await first.Schedules.FindAsync("WORK", 7, Ct))!.Cron);

        await first.Db.TransactAsync(tx => first.Schedules.RemoveAsync(tx, "WORK", 7), Ct);
        Assert.Null(await first.Schedules.FindAsync("WORK", 7, Ct));
    }

    [Fact]
    public async Task What_is_no_cron_expression_is_refused()
    {
        var refused = await Assert.ThrowsAsync<RegistryException>(() => SetAsync("WORK", 7, "every now and then"));
        Assert.Equal(ErrorCode.BadRequest, refused.Code);
    }

    private JobReplica Replica() => new(testing, more: services => services
        .AddSingleton<IScheduledWork, Work>()
        .AddSingleton<IScheduledWork, BrokenWork>());

    private Task SetAsync(string vendor, long id, string cron) =>
        first.Db.TransactAsync(tx => first.Schedules.SetAsync(tx, new NewSchedule(vendor, id, "Custom", cron)), Ct);

    private sealed class Work(Executions executions) : IScheduledWork
    {
        public string VendorType => "WORK";

        public async Task FireAsync(Transaction tx, Schedule schedule)
        {
            var execution = await executions.StartAsync(tx, new NewExecution(VendorType, schedule.VendorId, JobTrigger.Schedule));
            await executions.EnqueueAsync(tx, execution, JobReplica.Plain, new ScriptedInput("scheduled"));
        }
    }

    private sealed class BrokenWork(Executions executions) : IScheduledWork
    {
        public string VendorType => "BROKEN";

        public async Task FireAsync(Transaction tx, Schedule schedule)
        {
            await executions.StartAsync(tx, new NewExecution(VendorType, schedule.VendorId, JobTrigger.Schedule));
            throw new InvalidOperationException("not today");
        }
    }
}
