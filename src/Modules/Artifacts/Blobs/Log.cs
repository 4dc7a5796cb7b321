using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Artifacts.Blobs;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The storage carries another installation's mark, so nothing is erased. Connect this database to its own storage.")]
    public static partial void StorageIsNotOurs(ILogger logger);
}
