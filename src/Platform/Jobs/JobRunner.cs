using System.Security.Cryptography;
using Harbor.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Platform.Jobs;

/// <summary>Runs one attempt from claim to end, and writes how it ended.</summary>
internal sealed class JobRunner(
    Database db, TaskQueue queue, JobCatalogue catalogue, IServiceProvider services, TimeProvider clock, ILogger<JobRunner> logger)
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    public async Task RunAsync(RunningTask running)
    {
        var task = running.Claimed;
        var registration = catalogue.Get(task.Kind);
        using var log = new TaskLog(db, task, clock, logger);
        using var flushing = new CancellationTokenSource();
        var flusher = FlushAsync(log, flushing.Token);
        var (status, message) = await AttemptAsync(running, registration, log);
        await flushing.CancelAsync();
        await flusher;
        await WriteEndAsync(running, registration.Kind, log, status, message);
    }

    private async Task<(string Status, string Message)> AttemptAsync(RunningTask running, JobRegistration registration, TaskLog log)
    {
        var task = running.Claimed;
        await using var deadline = clock.CreateTimer(_ => running.Interrupt(Interruption.DeadlinePassed), null, registration.Kind.Deadline, Timeout.InfiniteTimeSpan);
        try
        {
            // Away from the loop that took it: a job that does not wait for anything must not hold it up.
            await Task.Run(() => registration.RunAsync(services, task.Input, new JobContext(db, task, log), running.Ct), running.Ct);
            return (JobStatus.Success, string.Empty);
        }
        catch (Exception e) when (running.Interruption is Interruption.StopAsked)
        {
            log.Add("INFO", e is OperationCanceledException ? "The task was stopped." : $"The task was stopped: {e.Message}");
            return (JobStatus.Stopped, string.Empty);
        }
        catch (Exception) when (running.Interruption is Interruption.DeadlinePassed)
        {
            return (JobStatus.Error, $"the task ran longer than {registration.Kind.Deadline.TotalHours:0.#} hours");
        }
        catch (Exception) when (running.Interruption is Interruption.ServerStops)
        {
            log.Add("INFO", "The server stops; the task is run again from the start.");
            return (JobStatus.Pending, string.Empty);
        }
        catch (Exception e) when (e is LeaseLostException || running.Interruption is Interruption.LeaseLost)
        {
            return (JobStatus.Pending, string.Empty);
        }
        catch (JobFailedException e)
        {
            Log.TaskFailed(logger, task.Id, task.Kind, task.Attempt, e.Message);
            return (JobStatus.Error, e.Message);
        }
        catch (Exception e)
        {
            // Here a unit of work ends. Its user reads the reason, the operator the whole of it.
            Log.TaskBroke(logger, e, task.Id, task.Kind, task.Attempt);
            return (JobStatus.Error, $"{e.GetType().Name}: {e.Message}");
        }
    }

    // Past the end of the work nothing is to be cancelled: how it ended should be known.
    private async Task WriteEndAsync(RunningTask running, JobKind kind, TaskLog log, string status, string message)
    {
        var task = running.Claimed;
        message = message.Replace('\0', ' ');
        if (status == JobStatus.Error)
        {
            log.Add("ERROR", message);
        }

        await log.FlushAsync(CancellationToken.None);
        try
        {
            switch (status)
            {
                case JobStatus.Pending:
                    if (!await queue.ReturnAsync(task, CancellationToken.None))
                    {
                        await queue.EndAsync(task, JobStatus.Stopped, string.Empty, CancellationToken.None);
                    }

                    break;
                case JobStatus.Error when task.Fails + 1 < kind.MaxFails && running.Interruption == Interruption.None:
                    if (!await queue.RetryAsync(task, Pause(task.Fails + 1), message, CancellationToken.None))
                    {
                        await queue.EndAsync(task, JobStatus.Stopped, message, CancellationToken.None);
                    }

                    break;
                default:
                    await queue.EndAsync(task, status, message, CancellationToken.None);
                    break;
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            Log.EndNotWritten(logger, e, task.Id);
        }
    }

    private async Task FlushAsync(TaskLog log, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await Task.Delay(FlushInterval, clock, ct);
                await log.FlushAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The attempt is over; the rest is written with its end.
        }
    }

    // 16 s, 31 s, 96 s, 271 s ... as Harbor's, each up to 5 s more, so that those who failed together do not come back together.
    private static TimeSpan Pause(int fails) => TimeSpan.FromSeconds(15 + Math.Pow(fails, 4)) + TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(5000));
}
