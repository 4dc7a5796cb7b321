using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-11: POST of an upload that mounts a blob instead.</summary>
public sealed class End11MountTests(SharedHarbor shared)
{
    [Fact]
    public async Task A_blob_is_mounted_across_repositories_and_projects()
    {
        var source = await shared.RepositoryAsync();
        var blob = await source.PushBlobAsync(Content.Random());

        foreach (var target in new[] { source.Beside("copy"), await shared.RepositoryAsync() })
        {
            var answer = (await target.PostAsync($"blobs/uploads/?mount={blob.Digest}&from={source.Name}")).Is(HttpStatusCode.Created);

            Assert.Equal($"/v2/{target.Name}/blobs/{blob.Digest}", answer.Header("Location"));
            Assert.Equal(blob.Digest.Value, answer.Header("Docker-Content-Digest"));
            Assert.Equal("0", answer.Header("Content-Length"));
            Assert.Equal(blob.Bytes, (await target.GetAsync($"blobs/{blob.Digest}")).Is(HttpStatusCode.OK).Body);
        }

        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_mount_of_what_the_source_has_not_becomes_an_upload()
    {
        var repository = await shared.RepositoryAsync();
        var elsewhere = await repository.Beside("elsewhere").PushBlobAsync(Content.Random());
        await repository.Beside("source").PushImageAsync();

        foreach (var (digest, from) in new[]
        {
            (elsewhere.Digest, $"{repository.Project}/source"),
            (elsewhere.Digest, $"{repository.Project}/never-pushed"),
            (elsewhere.Digest, "no-such-project/elsewhere"),
            (Digest.Of(Content.Random()), $"{repository.Project}/elsewhere"),
        })
        {
            var answer = (await repository.PostAsync($"blobs/uploads/?mount={digest}&from={from}")).Is(HttpStatusCode.Accepted);
            Assert.NotNull(answer.Header("Docker-Upload-UUID"));
            Assert.Equal("0-0", answer.Header("Range"));
            (await repository.GetAsync($"blobs/{digest}")).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        }
    }

    [Fact]
    public async Task Without_a_source_other_repositories_are_not_searched()
    {
        var repository = await shared.RepositoryAsync();
        var elsewhere = await repository.Beside("elsewhere").PushBlobAsync(Content.Random());

        (await repository.PostAsync($"blobs/uploads/?mount={elsewhere.Digest}")).Is(HttpStatusCode.Accepted);
        (await repository.PostAsync($"blobs/uploads/?mount={elsewhere.Digest}&from=")).Is(HttpStatusCode.Accepted);

        (await repository.GetAsync($"blobs/{elsewhere.Digest}")).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");
    }

    [Theory]
    [InlineData("busybox")]
    [InlineData("A/b")]
    [InlineData("../etc")]
    [InlineData("a//b")]
    public async Task A_source_that_is_no_repository_of_a_project_is_refused(string from)
    {
        var repository = await shared.RepositoryAsync();

        (await repository.PostAsync($"blobs/uploads/?mount={Digest.Of("x"u8)}&from={from}")).Refuses(HttpStatusCode.BadRequest, "BAD_REQUEST");

        await repository.ShowsNothingAsync();
    }

    [Fact]
    public async Task A_mount_of_what_is_no_digest_is_refused()
    {
        var repository = await shared.RepositoryAsync();

        (await repository.PostAsync($"blobs/uploads/?mount=latest&from={repository.Name}")).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");

        await repository.ShowsNothingAsync();
    }

    [Fact]
    public async Task A_mounted_blob_serves_a_manifest()
    {
        var source = await shared.RepositoryAsync();
        var target = source.Beside("copy");
        var (config, layer) = (await source.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig), await source.PushBlobAsync(Content.Random(), Manifests.Layer));
        foreach (var blob in new[] { config, layer })
        {
            (await target.PostAsync($"blobs/uploads/?from={source.Name}&mount={blob.Digest}")).Is(HttpStatusCode.Created);
        }

        await target.PushManifestAsync("v1", Manifests.Image(config, layer));
        await Accounts.CheckAsync(shared.Harbor);
    }
}
