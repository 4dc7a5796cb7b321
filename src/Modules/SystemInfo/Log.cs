using Microsoft.Extensions.Logging;

namespace Harbor.Modules.SystemInfo;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The health check of {Component} failed.")]
    public static partial void HealthCheckFailed(ILogger logger, Exception exception, string component);
}
