using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Audit;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A failed {EventType} could not be written to the audit log.")]
    public static partial void FailureNotRecorded(ILogger logger, Exception exception, string eventType);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit log's partitions for the coming months could not be made; records go to the default partition meanwhile.")]
    public static partial void PartitionsNotMade(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Made {Count} partitions of the audit log for the coming months.")]
    public static partial void PartitionsMade(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Audit records cannot be sent to {Endpoint}; they are kept and sent later. Next try in {Seconds} s.")]
    public static partial void ForwardingFailed(ILogger logger, Exception exception, string endpoint, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit records are sent to {Endpoint}.")]
    public static partial void ForwardingWorks(ILogger logger, string endpoint);

    [LoggerMessage(Level = LogLevel.Error, Message = "The queue of audit records to be sent to {Endpoint} is full: the {Count} oldest were dropped. Make the server reachable, or take the endpoint out of the configuration.")]
    public static partial void ForwardingDropped(ILogger logger, string endpoint, int count);
}
