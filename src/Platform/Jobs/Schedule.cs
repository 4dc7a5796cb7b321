using System.Text.Json.Nodes;
using Harbor.Platform.Data;

namespace Harbor.Platform.Jobs;

/// <summary>A schedule to keep; it replaces the one of the same vendor.</summary>
/// <param name="CronType">Hourly, Daily, Weekly or Custom.</param>
public sealed record NewSchedule(string VendorType, long VendorId, string CronType, string Cron)
{
    public JsonObject? ExtraAttributes { get; init; }
}

/// <summary>Something that is begun again and again.</summary>
public sealed record Schedule
{
    public required long Id { get; init; }

    public required string VendorType { get; init; }

    public required long VendorId { get; init; }

    public required string CronType { get; init; }

    public required string Cron { get; init; }

    public required JsonObject ExtraAttributes { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public required DateTimeOffset UpdateTime { get; init; }

    /// <summary>Null: never again.</summary>
    public DateTimeOffset? NextFireAt { get; init; }
}

/// <summary>What a schedule begins.</summary>
public interface IScheduledWork
{
    string VendorType { get; }

    /// <summary>Begins it, by starting an execution and enqueueing its tasks, in the transaction that moves the schedule on: it happens once.</summary>
    Task FireAsync(Transaction tx, Schedule schedule);
}
