using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Data;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "A transaction is run again after attempt {Attempt}: the database refused or dropped it.")]
    public static partial void TransactionRepeated(ILogger logger, Exception exception, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The storage {Directory} belongs to another database: it is read and written, but nothing in it is erased. If it has moved here for good, remove {Marker} and start again.")]
    public static partial void StorageOfAnother(ILogger logger, string directory, string marker);

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied schema migration {Name}.")]
    public static partial void MigrationApplied(ILogger logger, string name);
}
