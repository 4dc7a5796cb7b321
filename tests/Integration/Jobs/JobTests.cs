using System.Text.Json.Nodes;
using Harbor.Integration.Startup;
using Harbor.Oci;
using Harbor.Platform.Jobs;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Jobs;

/// <summary>What is enqueued is done: once, in order of urgency, and what came of it is told.</summary>
public sealed class JobTests : IAsyncLifetime
{
    private TestDatabase testing = null!;
    private JobReplica replica = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        testing = await TestDatabase.CreateAsync();
        replica = new JobReplica(testing);
    }

    public async ValueTask DisposeAsync()
    {
        await replica.DisposeAsync();
        await testing.DisposeAsync();
    }

    [Fact]
    public async Task A_task_is_run_once_and_its_execution_ends_with_it()
    {
        var execution = await replica.EnqueueAsync(JobReplica.Plain, "a", "b", "c");
        Assert.Equal((JobStatus.Running, 3L, 3L), await ShapeAsync(execution));

        await replica.Workers.RunDueAsync(Ct);
        await replica.Workers.RunDueAsync(Ct);

        Assert.Equal("a b c", string.Join(' ', replica.Begun.Order()));
        var ended = await replica.FindAsync(execution);
        Assert.Equal((JobStatus.Success, 3L), (ended.Status, ended.Counts.Success));
        Assert.NotNull(ended.EndTime);
    }

    [Fact]
    public async Task What_a_transaction_enqueues_that_fails_never_was()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => replica.Db.TransactAsync(async tx =>
        {
            var execution = await replica.Executions.StartAsync(tx, new NewExecution("TEST", 1, JobTrigger.Manual));
            await replica.Executions.EnqueueAsync(tx, execution, JobReplica.Plain, new ScriptedInput("a"));
            throw new InvalidOperationException("no");
        }, Ct));

        await replica.Workers.RunDueAsync(Ct);
        Assert.Empty(replica.Begun);
    }

    [Fact]
    public async Task A_running_worker_is_woken_by_the_commit()
    {
        await replica.Workers.StartAsync(Ct);
        var execution = await replica.EnqueueAsync(JobReplica.Plain, "a");

        await Eventually.HoldsAsync(async () => (await replica.FindAsync(execution)).Status == JobStatus.Success, "the task is run");
        await replica.Workers.StopAsync(Ct);
    }

    [Fact]
    public async Task A_task_that_fails_tells_why_and_its_execution_is_in_error_though_others_succeed()
    {
        replica.Script = (input, _, _) => input.Name == "b" ? throw new JobFailedException("the disk is made of cheese") : Task.CompletedTask;
        var execution = await replica.EnqueueAsync(JobReplica.Plain, "a", "b");

        await replica.Workers.RunDueAsync(Ct);

        Assert.Equal(JobStatus.Error, (await replica.FindAsync(execution)).Status);
        var failed = await replica.TaskAsync(execution);
        Assert.Equal((JobStatus.Error, "the disk is made of cheese", 1), (failed.Status, failed.StatusMessage, failed.RunCount));
        Assert.Contains("[ERROR] the disk is made of cheese", await replica.LogAsync(failed.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_that_may_fail_is_tried_again_with_growing_pauses_and_then_given_up()
    {
        replica.Script = (_, job, _) => throw new JobFailedException($"attempt {job.Attempt}");
        var execution = await replica.EnqueueAsync(JobReplica.Stubborn, "a");

        await replica.Workers.RunDueAsync(Ct);
        Assert.Equal((JobStatus.Scheduled, "attempt 1"), await StateAsync(execution));
        Assert.Equal(JobStatus.Running, (await replica.FindAsync(execution)).Status);

        await testing.ShiftClockAsync(TimeSpan.FromSeconds(14));
        await replica.Workers.RunDueAsync(Ct);
        Assert.Equal((JobStatus.Scheduled, "attempt 1"), await StateAsync(execution));

        await testing.ShiftClockAsync(TimeSpan.FromSeconds(25));
        await replica.Workers.RunDueAsync(Ct);
        Assert.Equal((JobStatus.Scheduled, "attempt 2"), await StateAsync(execution));

        await testing.ShiftClockAsync(TimeSpan.FromSeconds(90));
        await replica.Workers.RunDueAsync(Ct);
        Assert.Equal((JobStatus.Error, "attempt 3"), await StateAsync(execution));
        Assert.Equal(JobStatus.Error, (await replica.FindAsync(execution)).Status);
    }

    [Fact]
    public async Task A_delayed_task_waits_for_its_time()
    {
        var execution = await replica.Db.TransactAsync(async tx =>
        {
            var id = await replica.Executions.StartAsync(tx, new NewExecution("TEST", 1, JobTrigger.Event));
            await replica.Executions.EnqueueAsync(tx, id, JobReplica.Plain, new ScriptedInput("later"), delay: TimeSpan.FromMinutes(5));
            return id;
        }, Ct);

        await replica.Workers.RunDueAsync(Ct);
        Assert.Empty(replica.Begun);

        await testing.ShiftClockAsync(TimeSpan.FromMinutes(6));
        await replica.Workers.RunDueAsync(Ct);
        Assert.Equal(JobStatus.Success, (await replica.FindAsync(execution)).Status);
    }

    [Fact]
    public async Task Stopping_ends_what_waits_at_once_and_asks_what_runs_to_end()
    {
        var begun = new TaskCompletionSource();
        replica.Script = async (_, _, ct) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct);
        };
        var execution = await replica.EnqueueAsync(JobReplica.Alone, "running", "waiting");
        await replica.Workers.StartAsync(Ct);
        await begun.Task.WaitAsync(Ct);

        await replica.Executions.StopAsync(execution, Ct);

        await Eventually.HoldsAsync(async () => (await replica.FindAsync(execution)).Status == JobStatus.Stopped, "the execution is stopped");
        Assert.Equal(2, (await replica.FindAsync(execution)).Counts.Stopped);
        Assert.Equal("running", string.Join(' ', replica.Begun));
        await replica.Workers.StopAsync(Ct);
    }

    [Fact]
    public async Task Stopping_what_is_over_changes_nothing_and_what_never_had_a_task_is_stopped()
    {
        var over = await replica.EnqueueAsync(JobReplica.Plain, "a");
        await replica.Workers.RunDueAsync(Ct);
        var empty = await replica.EnqueueAsync(JobReplica.Plain);

        await replica.Executions.StopAsync(over, Ct);
        await replica.Executions.StopAsync(empty, Ct);

        Assert.Equal(JobStatus.Success, (await replica.FindAsync(over)).Status);
        Assert.Equal(JobStatus.Stopped, (await replica.FindAsync(empty)).Status);
    }

    [Fact]
    public async Task A_task_whose_time_is_over_is_ended()
    {
        replica.Script = (_, _, ct) => Task.Delay(Timeout.Infinite, ct);
        var execution = await replica.EnqueueAsync(JobReplica.Short, "a");

        await replica.Workers.RunDueAsync(Ct);

        Assert.Equal(JobStatus.Error, (await replica.FindAsync(execution)).Status);
        Assert.Contains("ran longer than", (await replica.TaskAsync(execution)).StatusMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_tells_and_reports_is_shown()
    {
        replica.Script = async (_, job, ct) =>
        {
            job.Log("halfway");
            await job.ReportAsync(new JsonObject { ["done"] = 1, ["kept"] = "x" }, ct);
            await job.ReportAsync(new JsonObject { ["done"] = 2 }, ct);
            job.Warn("a line with \0 in it");
        };
        var execution = await replica.EnqueueAsync(JobReplica.Plain, "a");

        await replica.Workers.RunDueAsync(Ct);

        var task = await replica.TaskAsync(execution);
        Assert.Equal("""{"done":2,"kept":"x"}""", task.ExtraAttributes.ToJsonString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \[INFO\] halfway\n.* \[WARNING\] a line with   in it\n$", await replica.LogAsync(task.Id));
    }

    [Fact]
    public async Task Of_a_very_long_log_the_newest_part_is_kept()
    {
        replica.Script = async (_, job, ct) =>
        {
            for (var round = 0; round < 30; round++)
            {
                for (var line = 0; line < 500; line++)
                {
                    job.Log($"{round} {new string('x', 1000)}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(40), ct);
            }
        };
        var execution = await replica.EnqueueAsync(JobReplica.Plain, "a");

        await replica.Workers.RunDueAsync(Ct);

        var log = await replica.LogAsync((await replica.TaskAsync(execution)).Id);
        Assert.InRange(log.Length, 5 << 20, 11 << 20);
        Assert.Contains("[INFO] 29 x", log, StringComparison.Ordinal);
        Assert.DoesNotContain("[INFO] 0 x", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Urgent_kinds_are_taken_first_and_equal_ones_share_the_workers()
    {
        await using var narrow = new JobReplica(testing, workers: 2);
        var gate = new TaskCompletionSource();
        narrow.Script = (_, _, ct) => gate.Task.WaitAsync(ct);
        await narrow.EnqueueAsync(JobReplica.Plain, "plain 1", "plain 2", "plain 3");
        await narrow.EnqueueAsync(JobReplica.Stubborn, "stubborn");
        await narrow.EnqueueAsync(JobReplica.Urgent, "urgent");

        var running = narrow.Workers.RunDueAsync(Ct);
        await Eventually.HoldsAsync(() => narrow.Begun.Count == 2, "two are begun");
        Assert.Contains("urgent", narrow.Begun);
        gate.SetResult();
        await running;

        // Of the three that were enqueued first, not all went before the one of another kind.
        Assert.NotEqual("stubborn", narrow.Begun.Last());
    }

    [Fact]
    public async Task Executions_of_a_vendor_are_removed_with_everything_unless_one_runs()
    {
        await replica.EnqueueAsync(JobReplica.Plain, "a");
        var refused = await Assert.ThrowsAsync<RegistryException>(() => replica.Db.TransactAsync(tx => replica.Executions.DeleteAsync(tx, "TEST", 1), Ct));
        Assert.Equal(ErrorCode.Precondition, refused.Code);

        replica.Script = (_, job, _) =>
        {
            job.Log("something");
            return Task.CompletedTask;
        };
        await replica.Workers.RunDueAsync(Ct);
        await replica.Db.TransactAsync(tx => replica.Executions.DeleteAsync(tx, "TEST", 1), Ct);

        Assert.Equal(0L, await testing.QueryAsync("SELECT (SELECT count(*) FROM execution) + (SELECT count(*) FROM task) + (SELECT count(*) FROM task_log)"));
    }

    [Fact]
    public async Task A_sweep_leaves_the_newest_executions_of_each_policy_and_all_that_run()
    {
        for (var round = 0; round < 5; round++)
        {
            await replica.EnqueueAsync(JobReplica.Plain, "a");
        }

        await replica.Workers.RunDueAsync(Ct);
        var running = await replica.EnqueueAsync(JobReplica.Plain, "b");
        await testing.QueryAsync("UPDATE execution SET start_time = start_time - interval '1 day' WHERE status = 'Running'");

        Assert.Equal(3, await replica.Executions.SweepAsync("TEST", 2, 100, Ct));
        Assert.Equal(3L, await testing.QueryAsync("SELECT count(*) FROM execution"));
        Assert.Equal(JobStatus.Running, (await replica.FindAsync(running)).Status);
    }

    private async Task<(string Status, long Total, long Pending)> ShapeAsync(long execution)
    {
        var found = await replica.FindAsync(execution);
        return (found.Status, found.Counts.Total, found.Counts.Pending);
    }

    private async Task<(string Status, string Message)> StateAsync(long execution)
    {
        var task = await replica.TaskAsync(execution);
        return (task.Status, task.StatusMessage);
    }
}
