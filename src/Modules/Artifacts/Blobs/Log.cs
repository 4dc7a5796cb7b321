using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Artifacts.Blobs;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The storage carries another installation's mark, so nothing is erased. Connect this database to its own storage.")]
    public static partial void StorageIsNotOurs(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The storage could not erase {Location}; a later round tries again.")]
    public static partial void NotErased(ILogger logger, Exception exception, string location);
}
