namespace Harbor.Server;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "HARBOR_DATABASE is set: the embedded database in {Directory} is not used, and what it holds is not seen.")]
    public static partial void EmbeddedDatabaseUnused(ILogger logger, string directory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database does not answer yet: {Reason}")]
    public static partial void DatabaseAwaited(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "lock_timeout could not be set for this role ({Reason}): set it to {LockTimeout} by hand, or requests may wait for each other without end.")]
    public static partial void LocksUnbounded(ILogger logger, string lockTimeout, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The certificate {Path} was read again; it is valid until {NotAfter}.")]
    public static partial void CertificateReloaded(ILogger logger, string path, DateTime notAfter);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate {Path} has changed and cannot be used, the one before stays: {Reason}")]
    public static partial void CertificateUnusable(ILogger logger, string path, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: running requests have {Timeout} to end.")]
    public static partial void Draining(ILogger logger, TimeSpan timeout);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped.")]
    public static partial void Stopped(ILogger logger);
}
