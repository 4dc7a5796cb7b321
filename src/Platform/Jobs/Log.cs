using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Jobs;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Tasks could not be looked for; it is tried again.")]
    public static partial void LookingFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The leases of the tasks that run here could not be renewed; it is tried again.")]
    public static partial void RenewingFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} tasks were taken back from processes that are not heard of any more.")]
    public static partial void TakenBack(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Task {TaskId} ({Kind}) failed in attempt {Attempt}: {Reason}")]
    public static partial void TaskFailed(ILogger logger, long taskId, string kind, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Task {TaskId} ({Kind}) failed in attempt {Attempt} for a reason that is not expected.")]
    public static partial void TaskBroke(ILogger logger, Exception exception, long taskId, string kind, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "How task {TaskId} ended could not be written; its lease will run out, and it is run again.")]
    public static partial void EndNotWritten(ILogger logger, Exception exception, long taskId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log of task {TaskId} could not be written.")]
    public static partial void LogNotWritten(ILogger logger, Exception exception, long taskId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Other replicas could not be told of new tasks; they find them within a second.")]
    public static partial void SignalNotSent(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The schedule {ScheduleId} of {VendorType} {VendorId} could not begin its work; it is tried again in a minute.")]
    public static partial void FiringFailed(ILogger logger, Exception exception, long scheduleId, string vendorType, long vendorId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Schedules could not be looked for; it is tried again.")]
    public static partial void ClockFailed(ILogger logger, Exception exception);
}
