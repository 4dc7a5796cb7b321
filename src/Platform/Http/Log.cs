using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Http;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed.")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} was refused: no space is left on the server.")]
    public static partial void NoSpaceLeft(ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} was put off: the database is not available.")]
    public static partial void Unavailable(ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path}: the client left.")]
    public static partial void ClientLeft(ILogger logger, string method, PathString path);
}
