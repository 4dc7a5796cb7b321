using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Artifacts;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Ended {Uploads} abandoned uploads, freed {Manifests} deleted artifacts and {Blobs} blobs that nothing used, and erased {Locations} files.")]
    public static partial void Tidied(ILogger logger, int uploads, long manifests, long blobs, long locations);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Abandoned uploads could not be tidied up; the next round tries again.")]
    public static partial void TidyingFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pulls could not be written down; they are kept and written later.")]
    public static partial void PullsNotWritten(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} pulls were not written down: too many different ones came between two flushes.")]
    public static partial void PullsLost(ILogger logger, long count);
}
