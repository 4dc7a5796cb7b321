using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Events;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection that hears changes was lost; facts are read from the database until it is back.")]
    public static partial void ChangeFeedLost(ILogger logger, Exception exception);
}
