using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Quotas;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The quotas of {Projects} projects were recounted; {Corrected} were corrected.")]
    public static partial void Recounted(ILogger logger, int projects, int corrected);
}
