namespace Harbor.Platform.Jobs;

/// <summary>An attempt failed for a reason that its user should read. The message becomes the task's.</summary>
public sealed class JobFailedException(string message, Exception? inner = null) : Exception(message, inner);
