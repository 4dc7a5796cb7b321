using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Events;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection that hears changes was lost; facts are read from the database until it is back.")]
    public static partial void ChangeFeedLost(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events could not be told to their listeners; they are kept and tried again.")]
    public static partial void DispatchFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "One of {Count} events failed for a listener; each is tried alone.")]
    public static partial void BatchFailed(ILogger logger, Exception exception, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Listener} failed on an event {Kind}, attempt {Attempt}; it is tried again.")]
    public static partial void ListenerFailed(ILogger logger, Exception exception, string listener, string kind, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Listener} failed on an event {Kind} in {Attempts} attempts. The event was set aside in the table outbox_failed; it is not tried again.")]
    public static partial void EventSetAside(ILogger logger, Exception exception, string listener, string kind, int attempts);
}
