using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-2: GET and HEAD of a blob.</summary>
public sealed class End02BlobPullTests(SharedHarbor shared)
{
    [Theory]
    [InlineData(DigestAlgorithm.Sha256, 1000)]
    [InlineData(DigestAlgorithm.Sha512, 1000)]
    [InlineData(DigestAlgorithm.Sha256, 0)]
    [InlineData(DigestAlgorithm.Sha256, 9_000_000)]
    public async Task A_blob_comes_back_as_it_was_pushed_and_says_what_it_is(DigestAlgorithm algorithm, int length)
    {
        var repository = await shared.RepositoryAsync();
        var blob = await repository.PushBlobAsync(Content.Random(length), algorithm: algorithm);

        var got = (await repository.GetAsync($"blobs/{blob.Digest}")).Is(HttpStatusCode.OK);
        var head = (await repository.HeadAsync($"blobs/{blob.Digest}")).Is(HttpStatusCode.OK);

        Assert.Equal(blob.Bytes, got.Body);
        Assert.Empty(head.Body);
        Assert.All([got, head], answer =>
        {
            Assert.Equal(blob.Digest.Value, answer.Header("Docker-Content-Digest"));
            Assert.Equal($"\"{blob.Digest}\"", answer.Header("ETag"));
            Assert.Equal($"{length}", answer.Header("Content-Length"));
            Assert.Equal("application/octet-stream", answer.Header("Content-Type"));
            Assert.Equal("max-age=31536000", answer.Header("Cache-Control"));
            Assert.Equal("bytes", answer.Header("Accept-Ranges"));
        });
    }

    [Fact]
    public async Task A_blob_that_is_not_there_is_unknown()
    {
        var repository = await shared.RepositoryAsync();
        var missing = $"blobs/{Digest.Of(Content.Random())}";

        (await repository.GetAsync(missing)).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        Assert.Empty((await repository.HeadAsync(missing)).Is(HttpStatusCode.NotFound).Body);
    }

    [Theory]
    [InlineData("sha256:abc")]
    [InlineData("sha256:9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("latest")]
    public async Task What_is_no_digest_is_refused(string digest)
    {
        var repository = await shared.RepositoryAsync();

        (await repository.GetAsync($"blobs/{digest}")).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");
        (await repository.HeadAsync($"blobs/{digest}")).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_blob_of_another_repository_cannot_be_read_even_by_who_may_read_both()
    {
        var repository = await shared.RepositoryAsync();
        var blob = await repository.PushBlobAsync(Content.Random());

        (await repository.Beside("other").GetAsync($"blobs/{blob.Digest}")).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        (await repository.Beside("other").HeadAsync($"blobs/{blob.Digest}")).Is(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=990-", 990, 10)]
    [InlineData("bytes=-1", 999, 1)]
    [InlineData("bytes=-5000", 0, 1000)]
    [InlineData("bytes=500-5000", 500, 500)]
    [InlineData("bytes=0-", 0, 1000)]
    public async Task A_range_of_a_blob_is_sent_alone(string range, int start, int length)
    {
        var repository = await shared.RepositoryAsync();
        var blob = await repository.PushBlobAsync(Content.Random());

        var part = (await repository.GetAsync($"blobs/{blob.Digest}", ("Range", range))).Is(HttpStatusCode.PartialContent);

        Assert.Equal(blob.Bytes[start..(start + length)], part.Body);
        Assert.Equal($"bytes {start}-{start + length - 1}/1000", part.Header("Content-Range"));
        Assert.Equal($"{length}", part.Header("Content-Length"));
        Assert.Equal(blob.Digest.Value, part.Header("Docker-Content-Digest"));
    }

    [Theory]
    [InlineData("bytes=1000-")]
    [InlineData("bytes=99999999999999999999-")]
    [InlineData("bytes=-0")]
    public async Task A_range_outside_the_blob_is_refused_with_the_blobs_size(string range)
    {
        var repository = await shared.RepositoryAsync();
        var blob = await repository.PushBlobAsync(Content.Random());

        var answer = await repository.GetAsync($"blobs/{blob.Digest}", ("Range", range));

        answer.Refuses(HttpStatusCode.RequestedRangeNotSatisfiable, "RANGE_INVALID");
        Assert.Equal("bytes */1000", answer.Header("Content-Range"));
    }

    [Theory]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=9-1")]
    [InlineData("items=0-1")]
    public async Task A_range_that_is_none_is_answered_with_the_whole(string range)
    {
        var repository = await shared.RepositoryAsync();
        var blob = await repository.PushBlobAsync(Content.Random());

        Assert.Equal(blob.Bytes, (await repository.GetAsync($"blobs/{blob.Digest}", ("Range", range))).Is(HttpStatusCode.OK).Body);
    }

    [Fact]
    public async Task A_range_holds_only_for_the_content_that_If_Range_names()
    {
        var repository = await shared.RepositoryAsync();
        var blob = await repository.PushBlobAsync(Content.Random());
        var what = $"blobs/{blob.Digest}";

        (await repository.GetAsync(what, ("Range", "bytes=0-9"), ("If-Range", $"\"{blob.Digest}\""))).Is(HttpStatusCode.PartialContent);
        (await repository.GetAsync(what, ("Range", "bytes=0-9"), ("If-Range", $"\"{Digest.Of("other"u8)}\""))).Is(HttpStatusCode.OK);
        (await repository.GetAsync(what, ("Range", "bytes=5000-"), ("If-Range", "\"other\""))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_has_the_blob_is_not_sent_it_again()
    {
        var repository = await shared.RepositoryAsync();
        var blob = await repository.PushBlobAsync(Content.Random());

        foreach (var tag in new[] { $"\"{blob.Digest}\"", blob.Digest.Value, $"W/\"{blob.Digest}\"", $"\"other\", \"{blob.Digest}\"", "*" })
        {
            var answer = (await repository.GetAsync($"blobs/{blob.Digest}", ("If-None-Match", tag))).Is(HttpStatusCode.NotModified);
            Assert.Empty(answer.Body);
            Assert.Equal($"\"{blob.Digest}\"", answer.Header("ETag"));
        }

        (await repository.GetAsync($"blobs/{blob.Digest}", ("If-None-Match", "\"other\""))).Is(HttpStatusCode.OK);
    }
}
