namespace Harbor.Modules.Artifacts.Uploads;

/// <summary>An upload as its client may know it.</summary>
/// <param name="Id">Names the upload in its repository.</param>
/// <param name="Accepted">Bytes received, hashed and durable: where the next chunk starts.</param>
public sealed record UploadStatus(Guid Id, long Accepted);

/// <summary>What came of an attempt to write to an upload.</summary>
public enum UploadOutcome
{
    Done,

    /// <summary>No such upload here, or it ended or expired.</summary>
    Unknown,

    /// <summary>The chunk starts elsewhere than the accepted bytes end, or another client is writing.</summary>
    OutOfOrder,
}

/// <param name="Outcome">Whether the bytes were taken.</param>
/// <param name="Status">The upload after the attempt; null when it is unknown.</param>
public sealed record UploadResult(UploadOutcome Outcome, UploadStatus? Status);
