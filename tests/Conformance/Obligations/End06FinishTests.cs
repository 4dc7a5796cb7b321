using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-6: PUT of an upload.</summary>
public sealed class End06FinishTests(SharedHarbor shared)
{
    [Theory]
    [InlineData(0, 1000)]
    [InlineData(600, 400)]
    [InlineData(1000, 0)]
    [InlineData(0, 0)]
    public async Task An_upload_ends_with_or_without_last_bytes(int patched, int last)
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(patched + last);
        var digest = Digest.Of(bytes);
        var upload = await repository.StartUploadAsync();
        if (patched > 0)
        {
            (await repository.PatchAsync(upload, bytes[..patched])).Is(HttpStatusCode.Accepted);
        }

        var answer = (await repository.FinishAsync(upload, digest, bytes[patched..])).Is(HttpStatusCode.Created);

        Assert.Equal($"/v2/{repository.Name}/blobs/{digest}", answer.Header("Location"));
        Assert.Equal(digest.Value, answer.Header("Docker-Content-Digest"));
        Assert.Equal("0", answer.Header("Content-Length"));
        Assert.Equal(bytes, (await repository.GetAsync($"blobs/{digest}")).Is(HttpStatusCode.OK).Body);
    }

    [Fact]
    public async Task The_last_chunk_may_tell_its_range()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random();
        var upload = await repository.StartUploadAsync();
        await repository.PatchAsync(upload, bytes[..600], "0-599");

        var early = await repository.FinishAsync(upload, Digest.Of(bytes), bytes[600..], "700-1099");

        early.Refuses(HttpStatusCode.RequestedRangeNotSatisfiable, "RANGE_INVALID");
        Assert.Equal("0-599", early.Header("Range"));
        (await repository.FinishAsync(upload, Digest.Of(bytes), bytes[600..], "600-999")).Is(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public async Task Bytes_of_another_digest_are_refused_and_the_upload_is_over(int patched)
    {
        var repository = await shared.RepositoryAsync();
        var (bytes, other) = (Content.Random(), Digest.Of(Content.Random()));
        var upload = await repository.StartUploadAsync();
        if (patched > 0)
        {
            await repository.PatchAsync(upload, bytes[..patched]);
        }

        (await repository.FinishAsync(upload, other, bytes[patched..])).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");

        (await repository.GetAsync(upload)).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        await repository.NobodyHasAsync(other);
        await repository.NobodyHasAsync(Digest.Of(bytes));
        await repository.ShowsNothingAsync();
    }

    [Fact]
    public async Task Without_a_digest_the_upload_goes_on()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random();
        var upload = await repository.StartUploadAsync();
        await repository.PatchAsync(upload, bytes);

        var message = (await repository.SendAsync(HttpMethod.Put, upload, [])).Refuses(HttpStatusCode.BadRequest, "BAD_REQUEST");

        Assert.Contains("require digest", message, StringComparison.Ordinal);
        (await repository.FinishAsync(upload, Digest.Of(bytes))).Is(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("sha256:abc")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    public async Task An_invalid_digest_is_refused_and_the_upload_goes_on(string digest)
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random();
        var upload = await repository.StartUploadAsync();
        await repository.PatchAsync(upload, bytes);

        (await repository.SendAsync(HttpMethod.Put, $"{upload}?digest={digest}", [])).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");

        (await repository.FinishAsync(upload, Digest.Of(bytes))).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_finished_upload_is_unknown()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random();
        var upload = await repository.StartUploadAsync();
        (await repository.FinishAsync(upload, Digest.Of(bytes), bytes)).Is(HttpStatusCode.Created);

        (await repository.FinishAsync(upload, Digest.Of(bytes), bytes)).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        (await repository.PatchAsync(upload, bytes)).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        (await repository.GetAsync(upload)).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        (await repository.DeleteAsync(upload)).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        (await repository.GetAsync($"blobs/{Digest.Of(bytes)}")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_blob_pushed_again_is_stored_once()
    {
        var repository = await shared.RepositoryAsync();
        var blob = await repository.PushBlobAsync(Content.Random());
        await repository.PushBlobAsync(blob.Bytes);
        await repository.Beside("other").PushBlobAsync(blob.Bytes);

        Assert.Equal(blob.Bytes, (await repository.Beside("other").GetAsync($"blobs/{blob.Digest}")).Is(HttpStatusCode.OK).Body);
        Assert.Equal(1L, await shared.Harbor.Database.QueryAsync($"SELECT count(*) FROM blob WHERE digest = '\\x{Convert.ToHexString(blob.Digest.ToBytes())}'"));
        await Accounts.CheckAsync(shared.Harbor);
    }
}
