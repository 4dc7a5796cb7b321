namespace Harbor.Platform.Jobs;

/// <summary>A kind of job, by the name that its queue and its tasks carry, such as <c>RETENTION</c>.</summary>
public sealed record JobKind(string Name)
{
    /// <summary>Attempts that may fail before the task ends in Error.</summary>
    public int MaxFails { get; init; } = 1;

    /// <summary>Tasks that may run at once, over all replicas; 0: only the number of workers limits it.</summary>
    public int MaxConcurrency { get; init; }

    /// <summary>Kinds of a higher priority are taken first while there are more tasks than workers.</summary>
    public int Priority { get; init; } = 1000;

    /// <summary>How long one attempt may take; then it is stopped and the task ends in Error.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(24);
}
