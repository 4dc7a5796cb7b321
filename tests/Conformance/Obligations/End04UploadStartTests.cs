using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-4a, end-4b and end-4c: POST of an upload.</summary>
public sealed class End04UploadStartTests(SharedHarbor shared)
{
    [Theory]
    [InlineData("blobs/uploads/")]
    [InlineData("blobs/uploads")]
    public async Task An_upload_begins_empty(string path)
    {
        var repository = await shared.RepositoryAsync();

        var answer = (await repository.PostAsync(path)).Is(HttpStatusCode.Accepted);
        var id = answer.Header("Docker-Upload-UUID");

        Assert.True(Guid.TryParse(id, out _));
        Assert.Equal($"/v2/{repository.Name}/blobs/uploads/{id}", answer.Header("Location"));
        Assert.Equal("0-0", answer.Header("Range"));
        Assert.Equal("0", answer.Header("Content-Length"));
        Assert.Equal("registry/2.0", answer.Header("Docker-Distribution-Api-Version"));
        Assert.Empty(answer.Body);
    }

    [Fact]
    public async Task The_shortest_chunk_is_told()
    {
        var repository = await shared.RepositoryAsync();

        var least = (await repository.PostAsync("blobs/uploads/")).Header("OCI-Chunk-Min-Length");

        Assert.InRange(int.Parse(least!, null), 1, 1 << 20);
    }

    [Theory]
    [InlineData(DigestAlgorithm.Sha256, 1000)]
    [InlineData(DigestAlgorithm.Sha512, 1000)]
    [InlineData(DigestAlgorithm.Sha256, 0)]
    public async Task A_whole_blob_in_one_request_is_there_at_once(DigestAlgorithm algorithm, int length)
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(length);
        var digest = Digest.Of(bytes, algorithm);

        var answer = (await repository.PostAsync($"blobs/uploads/?digest={digest}", bytes)).Is(HttpStatusCode.Created);

        Assert.Equal($"/v2/{repository.Name}/blobs/{digest}", answer.Header("Location"));
        Assert.Equal(digest.Value, answer.Header("Docker-Content-Digest"));
        Assert.Equal("0", answer.Header("Content-Length"));
        Assert.Equal(bytes, (await repository.GetAsync(answer.Header("Location")!)).Is(HttpStatusCode.OK).Body);
    }

    [Fact]
    public async Task A_blob_whose_digest_is_another_is_refused_and_leaves_nothing()
    {
        var repository = await shared.RepositoryAsync();
        var (bytes, other) = (Content.Random(), Digest.Of(Content.Random()));

        (await repository.PostAsync($"blobs/uploads/?digest={other}", bytes)).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");

        await repository.NobodyHasAsync(other);
        await repository.NobodyHasAsync(Digest.Of(bytes));
        await repository.ShowsNothingAsync();
    }

    [Theory]
    [InlineData("sha256:abc")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("%00")]
    public async Task A_blob_without_a_valid_digest_is_refused_and_leaves_nothing(string digest)
    {
        var repository = await shared.RepositoryAsync();

        (await repository.PostAsync($"blobs/uploads/?digest={digest}", Content.Random())).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");

        await repository.ShowsNothingAsync();
    }

    [Fact]
    public async Task An_upload_may_announce_the_algorithm_of_its_digest()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random();
        var digest = Digest.Of(bytes, DigestAlgorithm.Sha512);
        var upload = await repository.StartUploadAsync("?digest-algorithm=sha512");

        await repository.PatchAsync(upload, bytes);
        (await repository.FinishAsync(upload, digest)).Is(HttpStatusCode.Created);

        Assert.Equal(bytes, (await repository.GetAsync($"blobs/{digest}")).Body);
    }

    [Fact]
    public async Task An_upload_may_end_with_another_algorithm_than_it_announced()
    {
        var repository = await shared.RepositoryAsync();
        foreach (var (announced, used) in new[] { (DigestAlgorithm.Sha256, DigestAlgorithm.Sha512), (DigestAlgorithm.Sha512, DigestAlgorithm.Sha256) })
        {
            var bytes = Content.Random();
            var upload = await repository.StartUploadAsync($"?digest-algorithm={announced.WireName()}");

            await repository.PatchAsync(upload, bytes[..600]);
            (await repository.FinishAsync(upload, Digest.Of(bytes, used), bytes[600..])).Is(HttpStatusCode.Created);

            Assert.Equal(bytes, (await repository.GetAsync($"blobs/{Digest.Of(bytes, used)}")).Body);
        }
    }

    [Theory]
    [InlineData("md5")]
    [InlineData("SHA256")]
    [InlineData("sha384")]
    public async Task An_unknown_algorithm_is_refused(string algorithm)
    {
        var repository = await shared.RepositoryAsync();

        (await repository.PostAsync($"blobs/uploads/?digest-algorithm={algorithm}")).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");

        await repository.ShowsNothingAsync();
    }
}
