using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Artifacts.Collection;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Somebody holds {Blobs} blobs for long; whether they are garbage is decided later.")]
    public static partial void NotDecided(ILogger logger, int blobs);
}
