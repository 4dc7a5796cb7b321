using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Artifacts.Uploads;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Upload {UploadId} was taken over or ended while it was being written; this writer stops.")]
    public static partial void ClaimLost(ILogger logger, Guid uploadId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The claim on upload {UploadId} could not be renewed; trying again.")]
    public static partial void ClaimNotRenewed(ILogger logger, Exception exception, Guid uploadId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The bytes that were accepted for upload {UploadId} are missing or changed; the upload is void.")]
    public static partial void AcceptedBytesLost(ILogger logger, Guid uploadId);
}
