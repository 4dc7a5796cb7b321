using System.Net;
using Harbor.Conformance.Registry;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-13: GET of an upload.</summary>
public sealed class End13UploadStatusTests(SharedHarbor shared)
{
    [Theory]
    [InlineData(0, "0-0")]
    [InlineData(1, "0-0")]
    [InlineData(1000, "0-999")]
    public async Task An_upload_says_how_far_it_is(int patched, string range)
    {
        var repository = await shared.RepositoryAsync();
        var upload = await repository.StartUploadAsync();
        if (patched > 0)
        {
            (await repository.PatchAsync(upload, Content.Random(patched))).Is(HttpStatusCode.Accepted);
        }

        var answer = (await repository.GetAsync(upload)).Is(HttpStatusCode.NoContent);

        Assert.Equal((upload, range), (answer.Header("Location"), answer.Header("Range")));
        Assert.Equal(upload[(upload.LastIndexOf('/') + 1)..], answer.Header("Docker-Upload-UUID"));
        Assert.Empty(answer.Body);
    }

    [Fact]
    public async Task An_unknown_upload_is_not_found()
    {
        var repository = await shared.RepositoryAsync();
        var elsewhere = await repository.Beside("other").StartUploadAsync();

        foreach (var id in new[] { $"{Guid.NewGuid()}", "x", elsewhere[(elsewhere.LastIndexOf('/') + 1)..] })
        {
            (await repository.GetAsync($"blobs/uploads/{id}")).Refuses(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        }
    }
}
