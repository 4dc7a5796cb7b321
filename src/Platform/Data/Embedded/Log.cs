using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Data.Embedded;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Made a new PostgreSQL {Major} database in {Directory}.")]
    public static partial void DatabaseInitialized(ILogger logger, int major, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL {Major} runs as process {ProcessId} on {Directory}.")]
    public static partial void ServerReady(ILogger logger, int major, int processId, string directory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A PostgreSQL that outlived its Harbor works on {Directory}; ending process {ProcessIds}.")]
    public static partial void LeftoverServerStopped(ILogger logger, string directory, string processIds);

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL is recovering {Directory}, {Seconds} s so far.")]
    public static partial void StillRecovering(ILogger logger, string directory, int seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL ended by itself with code {ExitCode}; starting it again in {DelayMs} ms.")]
    public static partial void ServerLost(ILogger logger, int exitCode, int delayMs);

    [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL could not be started again: {Reason}")]
    public static partial void RestartFailed(ILogger logger, string reason);

    [LoggerMessage(Message = "PostgreSQL: {Line}")]
    public static partial void ServerSaid(ILogger logger, LogLevel level, string line);
}
