using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Retention;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Retention deleted {Deleted} of {Total} artifacts in {Repository} by policy {PolicyId}, ordered by {By}.")]
    public static partial void Applied(ILogger logger, int deleted, int total, string repository, long policyId, string by);
}
