using Harbor.Modules.Artifacts.Uploads;
using Harbor.Oci;

namespace Harbor.Integration.Content;

/// <summary>How an operation ended, in a word: <see cref="Done"/>, the code of its refusal, or the exception that is no answer at all.</summary>
internal static class Outcome
{
    public const string Done = "done";
    public const string Unknown = "BLOB_UPLOAD_UNKNOWN";

    public static async Task<string> OfAsync(Task task)
    {
        try
        {
            await task.WaitAsync(TimeSpan.FromSeconds(60));
            return task is Task<UploadResult> upload ? (await upload).Outcome switch
            {
                UploadOutcome.Done => Done,
                UploadOutcome.Unknown => Unknown,
                _ => "RANGE_INVALID",
            } : Done;
        }
        catch (RegistryException refusal)
        {
            return refusal.Code.Text;
        }
        catch (Exception e) when (e is not TimeoutException)
        {
            return e.GetType().Name;
        }
    }
}
