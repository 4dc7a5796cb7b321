using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-10: DELETE of a blob.</summary>
public sealed class End10BlobDeleteTests(SharedHarbor shared)
{
    [Fact]
    public async Task A_deleted_blob_is_gone_from_this_repository_alone()
    {
        var repository = await shared.RepositoryAsync();
        var other = repository.Beside("other");
        var blob = await repository.PushBlobAsync(Content.Random());
        await other.PushBlobAsync(blob.Bytes);
        (await repository.GetAsync($"blobs/{blob.Digest}")).Is(HttpStatusCode.OK);

        Assert.Empty((await repository.DeleteAsync($"blobs/{blob.Digest}")).Is(HttpStatusCode.Accepted).Body);

        (await repository.GetAsync($"blobs/{blob.Digest}")).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        (await repository.HeadAsync($"blobs/{blob.Digest}")).Is(HttpStatusCode.NotFound);
        Assert.Equal(blob.Bytes, (await other.GetAsync($"blobs/{blob.Digest}")).Is(HttpStatusCode.OK).Body);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task The_last_repositorys_blob_is_gone_for_all_and_can_come_back()
    {
        var repository = await shared.RepositoryAsync();
        var blob = await repository.PushBlobAsync(Content.Random());

        (await repository.DeleteAsync($"blobs/{blob.Digest}")).Is(HttpStatusCode.Accepted);
        await repository.NobodyHasAsync(blob.Digest);
        await repository.ShowsNothingAsync();

        await repository.PushBlobAsync(blob.Bytes);
        Assert.Equal(blob.Bytes, (await repository.GetAsync($"blobs/{blob.Digest}")).Body);
    }

    [Fact]
    public async Task A_blob_in_use_stays()
    {
        var repository = await shared.RepositoryAsync();
        var config = await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig);
        var layer = await repository.PushBlobAsync(Content.Random(), Manifests.Layer);
        await repository.PushManifestAsync("v1", Manifests.Image(config, layer));

        foreach (var blob in new[] { config, layer })
        {
            (await repository.DeleteAsync($"blobs/{blob.Digest}")).Refuses(HttpStatusCode.MethodNotAllowed, "METHOD_NOT_ALLOWED");
            Assert.Equal(blob.Bytes, (await repository.GetAsync($"blobs/{blob.Digest}")).Body);
        }
    }

    [Fact]
    public async Task A_blob_that_is_not_here_cannot_be_deleted()
    {
        var repository = await shared.RepositoryAsync();
        var elsewhere = await repository.Beside("other").PushBlobAsync(Content.Random());

        (await repository.DeleteAsync($"blobs/{Digest.Of(Content.Random())}")).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        (await repository.DeleteAsync($"blobs/{elsewhere.Digest}")).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        (await repository.DeleteAsync("blobs/sha256:abc")).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");
    }
}
