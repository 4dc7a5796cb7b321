using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Harbor.Contracts;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.Retention;

/// <summary>Runs of a policy, as they are shown.</summary>
internal static class RetentionHistory
{
    public static RetentionExecutionDto Show(Execution execution) => new()
    {
        Id = execution.Id,
        PolicyId = execution.VendorId,
        StartTime = Text(execution.StartTime),
        EndTime = Text(execution.EndTime),
        Status = execution.Status,
        Trigger = execution.Trigger,
        DryRun = execution.ExtraAttributes["dry_run"]?.GetValueKind() == JsonValueKind.True,
    };

    public static RetentionTaskDto Show(JobTask task) => new()
    {
        Id = task.Id,
        ExecutionId = task.ExecutionId,
        Repository = task.ExtraAttributes["repository"]?.GetValue<string>(),
        JobId = task.JobId,
        Status = task.Status,
        StatusCode = JobStatus.Code(task.Status),
        StartTime = Text(task.StartTime),
        EndTime = Text(task.EndTime),
        Total = Number(task.ExtraAttributes["total"]),
        Retained = Number(task.ExtraAttributes["retained"]),
    };

    private static long Number(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number ? node.GetValue<long>() : 0;

    // Go's own way with times, which these two have kept: as many decimals as there are, and the year 1 for what is not yet.
    private static string Text(DateTimeOffset? time) =>
        (time?.UtcDateTime ?? default).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
