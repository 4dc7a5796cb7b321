namespace Harbor.Platform.Jobs;

/// <summary>The task is another worker's by now, or over: nothing may be written in its name any more.</summary>
public sealed class LeaseLostException(long taskId) : OperationCanceledException($"The lease of task {taskId} is lost.");
