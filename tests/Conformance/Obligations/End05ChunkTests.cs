using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-5: PATCH of an upload.</summary>
public sealed class End05ChunkTests(SharedHarbor shared)
{
    [Fact]
    public async Task Chunks_in_order_become_the_blob()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(3000);
        var upload = await repository.StartUploadAsync();
        for (var start = 0; start < bytes.Length; start += 1000)
        {
            var answer = (await repository.PatchAsync(upload, bytes[start..(start + 1000)], $"{start}-{start + 999}")).Is(HttpStatusCode.Accepted);

            Assert.Equal($"0-{start + 999}", answer.Header("Range"));
            Assert.Equal(upload[(upload.LastIndexOf('/') + 1)..], answer.Header("Docker-Upload-UUID"));
            Assert.Equal("0", answer.Header("Content-Length"));
            upload = answer.Header("Location")!;
        }

        (await repository.FinishAsync(upload, Digest.Of(bytes))).Is(HttpStatusCode.Created);
        Assert.Equal(bytes, (await repository.GetAsync($"blobs/{Digest.Of(bytes)}")).Body);
    }

    [Fact]
    public async Task A_stream_needs_no_range()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(2000);
        var upload = await repository.StartUploadAsync();

        Assert.Equal("0-999", (await repository.PatchAsync(upload, bytes[..1000])).Is(HttpStatusCode.Accepted).Header("Range"));
        Assert.Equal("0-1999", (await repository.PatchAsync(upload, bytes[1000..])).Is(HttpStatusCode.Accepted).Header("Range"));

        (await repository.FinishAsync(upload, Digest.Of(bytes))).Is(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("1000-1999")]   // a gap
    [InlineData("0-999")]       // again
    [InlineData("400-1399")]    // an overlap
    [InlineData("9223372036854774807-9223372036854775806")]
    public async Task A_chunk_out_of_order_is_refused_and_the_client_is_told_where_to_go_on(string range)
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(1500);
        var upload = await repository.StartUploadAsync();
        await repository.PatchAsync(upload, bytes[..500], "0-499");

        var refused = await repository.PatchAsync(upload, bytes[500..], range);

        refused.Refuses(HttpStatusCode.RequestedRangeNotSatisfiable, "RANGE_INVALID");
        Assert.Equal((upload, "0-499"), (refused.Header("Location"), refused.Header("Range")));
        Assert.NotNull(refused.Header("Docker-Upload-UUID"));
        (await repository.PatchAsync(upload, bytes[500..], "500-1499")).Is(HttpStatusCode.Accepted);
        (await repository.FinishAsync(upload, Digest.Of(bytes))).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_first_chunk_starts_at_zero()
    {
        var repository = await shared.RepositoryAsync();
        var upload = await repository.StartUploadAsync();

        (await repository.PatchAsync(upload, Content.Random(), "1-1000")).Refuses(HttpStatusCode.RequestedRangeNotSatisfiable, "RANGE_INVALID");
    }

    [Theory]
    [InlineData("9-0")]
    [InlineData("-999")]
    [InlineData("0-")]
    [InlineData("all")]
    [InlineData("bytes=0-999")]
    [InlineData("0-99999999999999999999")]
    public async Task A_range_of_another_form_is_refused(string range)
    {
        var repository = await shared.RepositoryAsync();
        var upload = await repository.StartUploadAsync();

        (await repository.PatchAsync(upload, Content.Random(), range)).Refuses(HttpStatusCode.RequestedRangeNotSatisfiable, "RANGE_INVALID");
        Assert.Equal("0-0", (await repository.GetAsync(upload)).Is(HttpStatusCode.NoContent).Header("Range"));
    }

    [Theory]
    [InlineData("0-998")]
    [InlineData("0-1000")]
    public async Task A_chunk_that_is_not_as_long_as_its_range_is_refused(string range)
    {
        var repository = await shared.RepositoryAsync();
        var upload = await repository.StartUploadAsync();

        (await repository.PatchAsync(upload, Content.Random(), range)).Refuses(HttpStatusCode.BadRequest, "SIZE_INVALID");
        Assert.Equal("0-0", (await repository.GetAsync(upload)).Is(HttpStatusCode.NoContent).Header("Range"));
    }

    [Fact]
    public async Task An_unknown_upload_takes_nothing()
    {
        var repository = await shared.RepositoryAsync();
        var elsewhere = await repository.Beside("other").StartUploadAsync();

        foreach (var id in new[] { $"{Guid.NewGuid()}", "x", "0", new string('a', 300), elsewhere[(elsewhere.LastIndexOf('/') + 1)..] })
        {
            (await repository.PatchAsync($"blobs/uploads/{id}", Content.Random())).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        }

        await repository.ShowsNothingAsync();
    }
}
