using System.Text.Json.Nodes;

namespace Harbor.Platform.Jobs;

/// <summary>An execution to begin.</summary>
/// <param name="VendorType">Whose it is, such as <c>RETENTION</c>.</param>
/// <param name="VendorId">The policy it is of; -1 or 0 where there is but one.</param>
/// <param name="Trigger">One of <see cref="JobTrigger"/>.</param>
public sealed record NewExecution(string VendorType, long VendorId, string Trigger)
{
    /// <summary>What is to be shown with it.</summary>
    public JsonObject? ExtraAttributes { get; init; }
}

/// <summary>One act, made of tasks.</summary>
public sealed record Execution
{
    public required long Id { get; init; }

    public required string VendorType { get; init; }

    public required long VendorId { get; init; }

    /// <summary>One of <see cref="JobStatus"/>: Running, Success, Error or Stopped.</summary>
    public required string Status { get; init; }

    public required string StatusMessage { get; init; }

    public required string Trigger { get; init; }

    public required JsonObject ExtraAttributes { get; init; }

    public required DateTimeOffset StartTime { get; init; }

    public required DateTimeOffset UpdateTime { get; init; }

    /// <summary>Null while it runs.</summary>
    public DateTimeOffset? EndTime { get; init; }

    public required TaskCounts Counts { get; init; }
}

/// <summary>How many tasks of an execution are how far.</summary>
public sealed record TaskCounts(long Pending, long Scheduled, long Running, long Success, long Error, long Stopped)
{
    public long Total => Pending + Scheduled + Running + Success + Error + Stopped;
}
