using System.Globalization;
using System.Text.Json.Nodes;

namespace Harbor.Platform.Jobs;

/// <summary>A task to enqueue.</summary>
/// <param name="Input">What the job is told.</param>
/// <param name="Attributes">What is shown with the task from the beginning.</param>
public sealed record NewTask<TInput>(TInput Input, JsonObject? Attributes = null);

/// <summary>A piece of an execution, done by one worker.</summary>
public sealed record JobTask
{
    public required long Id { get; init; }

    public required long ExecutionId { get; init; }

    /// <summary>The job's name.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name at the job service, see <see cref="JobIds"/>.</summary>
    public string JobId => JobIds.Of(Id);

    /// <summary>One of <see cref="JobStatus"/>.</summary>
    public required string Status { get; init; }

    public required string StatusMessage { get; init; }

    /// <summary>How often it was begun.</summary>
    public required int RunCount { get; init; }

    public required JsonObject ExtraAttributes { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public required DateTimeOffset UpdateTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }
}

/// <summary>The names of tasks at the job service: 24 hexadecimal digits, as Harbor's have.</summary>
public static class JobIds
{
    public static string Of(long taskId) => taskId.ToString("x24", CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out long taskId)
    {
        taskId = 0;
        return text.Length == 24 && long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out taskId) && taskId > 0;
    }
}
