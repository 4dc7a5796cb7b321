using System.Diagnostics;
using Harbor.Platform.Http.Listing;
using Harbor.Platform.Jobs;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Jobs;

/// <summary>Queues can be looked at, paused and emptied, however long they are.</summary>
[Collection(nameof(TimedTests))]
public sealed class QueueTests : IAsyncLifetime
{
    private const int Many = 100_000;

    private TestDatabase testing = null!;
    private JobReplica replica = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        testing = await TestDatabase.CreateAsync();
        replica = new JobReplica(testing);
        await replica.Tasks.AddQueuesAsync([JobReplica.Plain.Name, JobReplica.Urgent.Name, JobQueues.Scheduler], Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await replica.DisposeAsync();
        await testing.DisposeAsync();
    }

    [Fact]
    public async Task A_queue_that_is_paused_is_not_taken_from_until_it_is_resumed()
    {
        await replica.EnqueueAsync(JobReplica.Plain, "a");
        await replica.EnqueueAsync(JobReplica.Urgent, "b");
        await replica.Queues.PauseAsync(JobReplica.Plain.Name, Ct);

        await replica.Workers.RunDueAsync(Ct);
        Assert.Equal("b", string.Join(' ', replica.Begun));
        Assert.True((await QueueAsync(JobReplica.Plain)).Paused);

        await replica.Queues.ResumeAsync(JobReplica.Plain.Name, Ct);
        await replica.Workers.RunDueAsync(Ct);
        Assert.Equal("b a", string.Join(' ', replica.Begun));
    }

    [Fact]
    public async Task It_tells_how_many_wait_and_how_long_the_oldest_has()
    {
        await replica.EnqueueAsync(JobReplica.Plain, "a", "b");
        await testing.ShiftClockAsync(TimeSpan.FromMinutes(5));

        var queue = await QueueAsync(JobReplica.Plain);
        Assert.Equal(2, queue.Count);
        Assert.InRange(queue.Latency, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(6));
        Assert.Equal(TimeSpan.Zero, (await QueueAsync(JobReplica.Urgent)).Latency);
    }

    [Fact]
    public async Task A_hundred_thousand_waiting_tasks_are_listed_paused_and_cancelled_in_two_seconds_each()
    {
        var execution = await replica.EnqueueAsync(JobReplica.Plain);
        await testing.QueryAsync($$"""
            INSERT INTO task (execution_id, kind, status, input, due_at, creation_time, update_time)
            SELECT {{execution}}, 'PLAIN', 'Pending', '{"name": "one of many"}', harbor_now(), harbor_now(), harbor_now() FROM generate_series(1, {{Many}})
            """);
        await testing.QueryAsync("ANALYZE task");

        Assert.Equal(Many, await TimedAsync("listing the queues", async () => (await QueueAsync(JobReplica.Plain)).Count));
        Assert.Equal(Many, await TimedAsync("listing the tasks", async () =>
            (await replica.Listing.ListTasksAsync(execution, FilterQuery.Empty, SortQuery.Empty, new PageRequest(500, 100), Ct)).Total));
        await TimedAsync("pausing", async () =>
        {
            await replica.Queues.PauseAsync(JobReplica.Plain.Name, Ct);
            return 0;
        });
        Assert.Equal(Many, await TimedAsync("cancelling", () => replica.Queues.StopWaitingAsync(JobReplica.Plain.Name, Ct)));

        var ended = await replica.FindAsync(execution);
        Assert.Equal((JobStatus.Stopped, (long)Many), (ended.Status, ended.Counts.Stopped));
        Assert.Equal(0, (await QueueAsync(JobReplica.Plain)).Count);
    }

    [Fact]
    public async Task An_execution_with_a_hundred_thousand_waiting_tasks_is_stopped_in_two_seconds()
    {
        var execution = await replica.EnqueueAsync(JobReplica.Plain);
        await testing.QueryAsync($$"""
            INSERT INTO task (execution_id, kind, status, input, due_at, creation_time, update_time)
            SELECT {{execution}}, 'PLAIN', 'Pending', '{"name": "one of many"}', harbor_now(), harbor_now(), harbor_now() FROM generate_series(1, {{Many}})
            """);

        await TimedAsync("stopping", async () =>
        {
            await replica.Executions.StopAsync(execution, Ct);
            return 0;
        });

        Assert.Equal(JobStatus.Stopped, (await replica.FindAsync(execution)).Status);
    }

    /// <summary>Tells the rate in its output: that is where the figures of bench/results come from.</summary>
    [Fact]
    public async Task Ten_workers_do_tasks_that_do_nothing_at_a_rate_that_no_real_work_waits_for()
    {
        const int tasks = 5000;
        await using var ten = new JobReplica(testing, workers: 10);
        var execution = await ten.EnqueueAsync(JobReplica.Plain, [.. Enumerable.Range(0, tasks).Select(number => $"{number}")]);

        var begun = Stopwatch.GetTimestamp();
        await ten.Workers.RunDueAsync(Ct);
        var took = Stopwatch.GetElapsedTime(begun);

        TestContext.Current.TestOutputHelper!.WriteLine($"{tasks} tasks in {took.TotalSeconds:0.0} s: {tasks / took.TotalSeconds:0} a second");
        Assert.Equal((JobStatus.Success, (long)tasks), ((await ten.FindAsync(execution)).Status, (await ten.FindAsync(execution)).Counts.Success));
        Assert.True(tasks / took.TotalSeconds > 100, $"only {tasks / took.TotalSeconds:0} a second");
    }

    private static async Task<T> TimedAsync<T>(string what, Func<Task<T>> act)
    {
        var begun = Stopwatch.GetTimestamp();
        var result = await act();
        var took = Stopwatch.GetElapsedTime(begun);
        TestContext.Current.TestOutputHelper!.WriteLine($"{what}: {took.TotalMilliseconds:0} ms");
        Assert.True(took < TimeSpan.FromSeconds(2), $"{what} took {took.TotalSeconds:0.0} s");
        return result;
    }

    private async Task<JobQueue> QueueAsync(JobKind kind) => (await replica.Queues.ListAsync(Ct)).Single(queue => queue.Kind == kind.Name);
}
