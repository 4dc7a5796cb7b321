using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Data;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "A transaction is run again after attempt {Attempt}: the database refused or dropped it.")]
    public static partial void TransactionRepeated(ILogger logger, Exception exception, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied schema migration {Name}.")]
    public static partial void MigrationApplied(ILogger logger, string name);
}
