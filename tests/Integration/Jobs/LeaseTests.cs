using System.Text.Json.Nodes;
using Harbor.Integration.Startup;
using Harbor.Platform.Jobs;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Jobs;

/// <summary>A task belongs to one process at a time, and when that process is gone, to another.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan PastLease = TaskQueue.Lease + TimeSpan.FromSeconds(1);

    private TestDatabase testing = null!;
    private JobReplica first = null!;
    private JobReplica second = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        testing = await TestDatabase.CreateAsync();
        await testing.QueryAsync("DELETE FROM worker_pool");   // of the server that made the template
        (first, second) = (new JobReplica(testing), new JobReplica(testing));
    }

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
        await testing.DisposeAsync();
    }

    [Fact]
    public async Task The_tasks_of_a_process_that_died_are_run_by_another_when_the_lease_is_over()
    {
        var execution = await first.EnqueueAsync(JobReplica.Plain, "a");
        Assert.Single(await ClaimAsync(first));

        Assert.Equal(0, await second.Tasks.TakeBackAsync(Ct));
        await testing.ShiftClockAsync(PastLease);
        Assert.Equal(1, await second.Tasks.TakeBackAsync(Ct));
        await second.Workers.RunDueAsync(Ct);

        Assert.Equal("a", string.Join(' ', second.Begun));
        Assert.Equal((JobStatus.Success, 2), ((await second.FindAsync(execution)).Status, (await second.TaskAsync(execution)).RunCount));
    }

    [Fact]
    public void Lease_beat_and_poll_together_leave_another_less_than_half_a_minute_to_go_on() =>
        Assert.True(TaskQueue.Lease + TimeSpan.FromSeconds(2 + 1) < TimeSpan.FromSeconds(30));

    [Fact]
    public async Task A_lease_that_is_renewed_is_not_taken_back()
    {
        await first.EnqueueAsync(JobReplica.Plain, "a");
        var worker = Guid.NewGuid();
        Assert.Single(await first.Tasks.ClaimAsync(JobReplica.Plain, worker, 1, Ct));
        await testing.ShiftClockAsync(TaskQueue.Lease - TimeSpan.FromSeconds(2));
        Assert.Single(await first.Tasks.RenewAsync(worker, Ct));
        await testing.ShiftClockAsync(PastLease);

        Assert.Equal(0, await second.Tasks.TakeBackAsync(Ct));
    }

    [Fact]
    public async Task Whoever_lost_his_task_writes_nothing_in_its_name_any_more()
    {
        var began = new TaskCompletionSource<JobContext>();
        var go = new TaskCompletionSource();
        var refused = new List<Type>();
        first.Script = async (_, job, _) =>
        {
            began.SetResult(job);
            await go.Task;
            job.Log("from the grave");
            refused.Add((await Assert.ThrowsAnyAsync<Exception>(() => job.ReportAsync(new JsonObject { ["who"] = "first" }, CancellationToken.None))).GetType());
            refused.Add((await Assert.ThrowsAnyAsync<Exception>(() => job.TransactAsync(_ => Task.FromResult(true), CancellationToken.None))).GetType());
        };
        second.Script = async (_, job, ct) =>
        {
            job.Log("alive");
            await job.ReportAsync(new JsonObject { ["who"] = "second" }, ct);
        };
        var execution = await first.EnqueueAsync(JobReplica.Plain, "a");
        var stalled = first.Workers.RunDueAsync(Ct);   // its beats do not come: as a process that was stopped for a while
        await began.Task.WaitAsync(Ct);

        await testing.ShiftClockAsync(PastLease);
        await second.Tasks.TakeBackAsync(Ct);
        await second.Workers.RunDueAsync(Ct);
        go.SetResult();
        await stalled;

        Assert.Equal([typeof(LeaseLostException), typeof(LeaseLostException)], refused);
        var task = await second.TaskAsync(execution);
        Assert.Equal((JobStatus.Success, """{"who":"second"}""", 2), (task.Status, task.ExtraAttributes.ToJsonString(), task.RunCount));
        Assert.DoesNotContain("grave", await second.LogAsync(task.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_transaction_in_its_name_is_open_nobody_else_can_take_the_task()
    {
        var inside = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        first.Script = (_, job, ct) => job.TransactAsync(async tx =>
        {
            inside.TrySetResult();
            await go.Task;
            return await tx.ExecuteAsync("INSERT INTO setting (name, value) VALUES ('by the first', '1')");
        }, ct);
        var execution = await first.EnqueueAsync(JobReplica.Plain, "a");
        var running = first.Workers.RunDueAsync(Ct);
        await inside.Task.WaitAsync(Ct);

        // The lease is over, as the second one's clock says.
        await testing.QueryAsync("UPDATE task SET lease_until = harbor_now() - interval '1 minute'");
        Assert.Equal(0, await second.Tasks.TakeBackAsync(Ct));
        go.SetResult();
        await running;

        Assert.Equal((JobStatus.Success, 1), ((await first.FindAsync(execution)).Status, (await first.TaskAsync(execution)).RunCount));
    }

    [Fact]
    public async Task A_worker_that_is_told_that_its_task_is_another_s_ends_it()
    {
        var ended = new TaskCompletionSource();
        var began = new TaskCompletionSource();
        first.Script = async (_, _, ct) =>
        {
            began.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct).ContinueWith(_ => ended.TrySetResult(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            ct.ThrowIfCancellationRequested();
        };
        await first.EnqueueAsync(JobReplica.Plain, "a");
        await first.Workers.StartAsync(Ct);
        await began.Task.WaitAsync(Ct);

        await testing.QueryAsync("UPDATE task SET attempt = attempt + 1, worker = gen_random_uuid()");

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await first.Workers.StopAsync(Ct);
        Assert.Equal(JobStatus.Running, await testing.QueryAsync("SELECT status FROM task"));
    }

    [Fact]
    public async Task A_server_that_stops_puts_its_tasks_back_and_another_runs_them_at_once()
    {
        var began = new TaskCompletionSource();
        first.Script = async (_, _, ct) =>
        {
            began.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct);
        };
        var execution = await first.EnqueueAsync(JobReplica.Stubborn, "a");
        await first.Workers.StartAsync(Ct);
        await began.Task.WaitAsync(Ct);
        await first.Workers.StopAsync(Ct);

        await second.Workers.RunDueAsync(Ct);

        Assert.Equal(JobStatus.Success, (await second.FindAsync(execution)).Status);
        Assert.Equal(0, await testing.QueryAsync("SELECT fails FROM task"));
        Assert.Empty(await second.Pools.ListAsync(Ct));
    }

    [Fact]
    public async Task A_task_that_kills_every_process_is_given_up()
    {
        var execution = await first.EnqueueAsync(JobReplica.Plain, "deadly");
        for (var death = 1; death <= TaskQueue.MaxDeaths; death++)
        {
            Assert.Single(await ClaimAsync(first));
            await testing.ShiftClockAsync(PastLease * death);
            Assert.Equal(1, await second.Tasks.TakeBackAsync(Ct));
        }

        Assert.Empty(await ClaimAsync(first));
        var ended = await second.FindAsync(execution);
        Assert.Equal((JobStatus.Error, 1L), (ended.Status, ended.Counts.Error));
    }

    [Fact]
    public async Task A_kind_that_runs_alone_runs_alone_over_all_replicas()
    {
        var (now, most) = (0, 0);
        Task Count(ScriptedInput input, JobContext job, CancellationToken ct)
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            return Task.Delay(5, ct).ContinueWith(_ => Interlocked.Decrement(ref now), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        (first.Script, second.Script) = (Count, Count);
        var execution = await first.EnqueueAsync(JobReplica.Alone, [.. Enumerable.Range(0, 30).Select(number => $"{number}")]);
        await Task.WhenAll(first.Workers.StartAsync(Ct), second.Workers.StartAsync(Ct));

        await Eventually.HoldsAsync(async () => (await first.FindAsync(execution)).Status == JobStatus.Success, "all are run");
        await Task.WhenAll(first.Workers.StopAsync(Ct), second.Workers.StopAsync(Ct));

        Assert.Equal(1, most);
        Assert.Equal(30, first.Begun.Count + second.Begun.Count);
    }

    [Fact]
    public async Task Many_replicas_run_many_tasks_each_once()
    {
        await using var third = new JobReplica(testing);
        JobReplica[] all = [first, second, third];
        var names = Enumerable.Range(0, 600).Select(number => $"{number}").ToArray();
        var execution = await first.EnqueueAsync(JobReplica.Plain, names);

        await Task.WhenAll(all.Select(replica => replica.Workers.RunDueAsync(Ct)));

        Assert.Equal(names.Order(), all.SelectMany(replica => replica.Begun).Order());
        Assert.Equal((JobStatus.Success, 600L), ((await first.FindAsync(execution)).Status, (await first.FindAsync(execution)).Counts.Success));
    }

    private static async Task<List<ClaimedTask>> ClaimAsync(JobReplica replica)
    {
        await replica.Tasks.AddQueuesAsync([JobReplica.Plain.Name], Ct);
        return await replica.Tasks.ClaimAsync(JobReplica.Plain, Guid.NewGuid(), 1, Ct);
    }
}
