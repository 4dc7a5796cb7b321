namespace Harbor.Platform.Jobs;

/// <summary>What the tasks of one kind do.</summary>
/// <typeparam name="TInput">What a task is told; kept as JSON, so another release may read it: properties are added, never renamed.</typeparam>
public interface IJob<in TInput>
    where TInput : class
{
    /// <summary>Does the work. It may be run again from the start after a crash at any point, so what is done already is no error.</summary>
    /// <param name="ct">
    /// Cancelled when somebody stops the task, its time is over, its lease is lost or the server stops (then it goes back to its queue). Let the exception out.
    /// </param>
    /// <exception cref="JobFailedException">It failed; the message is for the user.</exception>
    Task RunAsync(TInput input, JobContext job, CancellationToken ct);
}
