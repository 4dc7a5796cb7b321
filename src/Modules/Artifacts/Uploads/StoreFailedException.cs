namespace Harbor.Modules.Artifacts.Uploads;

/// <summary>The store, not the client, broke an upload. What was written is in doubt, so the upload is void.</summary>
/// <remarks>Keeps the <see cref="Exception.HResult"/> of its cause: a full disk is answered as such.</remarks>
internal sealed class StoreFailedException : IOException
{
    public StoreFailedException(IOException cause)
        : base(cause.Message, cause)
    {
        HResult = cause.HResult;
    }
}
