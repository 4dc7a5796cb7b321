using System.Text.Json;

namespace Harbor.Contracts;

/// <summary>A process that runs jobs.</summary>
public sealed record WorkerPoolDto
{
    /// <summary>Number of the process on its host.</summary>
    public long Pid { get; init; }

    public required string WorkerPoolId { get; init; }

    public DateTimeOffset StartAt { get; init; }

    public DateTimeOffset HeartbeatAt { get; init; }

    /// <summary>Jobs it runs at once.</summary>
    public long Concurrency { get; init; }

    public string? Host { get; init; }
}

/// <summary>One of the workers of a pool; without a job it is idle.</summary>
public sealed record WorkerDto
{
    public required string Id { get; init; }

    public required string PoolId { get; init; }

    public string? JobName { get; init; }

    public string? JobId { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public string? CheckIn { get; init; }

    public DateTimeOffset? CheckinAt { get; init; }
}

/// <summary>Jobs of one type that wait.</summary>
public sealed record JobQueueDto
{
    public required string JobType { get; init; }

    public long Count { get; init; }

    /// <summary>Seconds that the oldest of them has waited.</summary>
    public long Latency { get; init; }

    [AlwaysPresent]
    public bool Paused { get; init; }
}

public sealed record JobQueueActionRequest
{
    /// <summary><c>stop</c>, <c>pause</c> or <c>resume</c>.</summary>
    public string? Action { get; init; }
}

/// <summary>Something that is begun again and again.</summary>
public sealed record ScheduleTaskDto
{
    public long Id { get; init; }

    public required string VendorType { get; init; }

    public long VendorId { get; init; }

    public required string Cron { get; init; }

    public DateTimeOffset UpdateTime { get; init; }
}

public sealed record SchedulerStatusDto
{
    [AlwaysPresent]
    public bool Paused { get; init; }
}

/// <summary>When something is to happen, and with which parameters.</summary>
public sealed record ScheduleRequest
{
    public ScheduleObjDto? Schedule { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }
}

public sealed record ScheduleObjDto
{
    /// <summary>Hourly, Daily, Weekly, Custom; Manual: now; None: no more; Schedule: in histories, of what a schedule began.</summary>
    public string? Type { get; init; }

    public string? Cron { get; init; }

    public DateTimeOffset NextScheduledTime { get; init; }
}

/// <summary>A run of a job of the system, or the schedule that begins such runs.</summary>
public sealed record ExecHistoryDto
{
    public long Id { get; init; }

    public string? JobName { get; init; }

    /// <summary>MANUAL or SCHEDULE; of a schedule, its cron expression.</summary>
    public string? JobKind { get; init; }

    /// <summary>A JSON object, as text.</summary>
    public string? JobParameters { get; init; }

    public ScheduleObjDto? Schedule { get; init; }

    public string? JobStatus { get; init; }

    public DateTimeOffset CreationTime { get; init; }

    public DateTimeOffset UpdateTime { get; init; }
}
