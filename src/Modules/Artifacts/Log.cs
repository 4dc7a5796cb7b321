using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Artifacts;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Ended {Uploads} abandoned uploads and erased {Locations} files that nothing used.")]
    public static partial void Tidied(ILogger logger, int uploads, int locations);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Abandoned uploads could not be tidied up; the next round tries again.")]
    public static partial void TidyingFailed(ILogger logger, Exception exception);
}
