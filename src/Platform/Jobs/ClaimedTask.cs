namespace Harbor.Platform.Jobs;

/// <summary>A task that this process has the lease of.</summary>
/// <param name="Attempt">The fence: a later claim has a higher one, and only the newest may write.</param>
internal sealed record ClaimedTask(long Id, long ExecutionId, string Kind, int Attempt, int Fails, string Input);
