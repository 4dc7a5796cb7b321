using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-14: DELETE of an upload.</summary>
public sealed class End14UploadCancelTests(SharedHarbor shared)
{
    [Fact]
    public async Task A_cancelled_upload_is_gone_and_leaves_nothing()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random();
        var upload = await repository.StartUploadAsync();
        await repository.PatchAsync(upload, bytes);

        Assert.Empty((await repository.DeleteAsync(upload)).Is(HttpStatusCode.NoContent).Body);

        (await repository.GetAsync(upload)).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        (await repository.PatchAsync(upload, bytes)).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        (await repository.FinishAsync(upload, Digest.Of(bytes))).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        (await repository.DeleteAsync(upload)).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        await repository.NobodyHasAsync(Digest.Of(bytes));
        await repository.ShowsNothingAsync();
    }

    [Fact]
    public async Task An_upload_is_cancelled_in_its_own_repository_only()
    {
        var repository = await shared.RepositoryAsync();
        var upload = await repository.StartUploadAsync();
        var id = upload[(upload.LastIndexOf('/') + 1)..];

        (await repository.Beside("other").DeleteAsync($"blobs/uploads/{id}")).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");

        (await repository.GetAsync(upload)).Is(HttpStatusCode.NoContent);
    }
}
