using Microsoft.Extensions.Logging;

namespace Harbor.Modules.SystemInfo;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The health check of {Component} failed.")]
    public static partial void HealthCheckFailed(ILogger logger, Exception exception, string component);

    [LoggerMessage(Level = LogLevel.Error, Message = "The file {Path} is not handed out: it holds a private key, or no certificate, or is too large to be one. Put the certificate of the authority alone there.")]
    public static partial void CertificateRefused(ILogger logger, string path);
}
