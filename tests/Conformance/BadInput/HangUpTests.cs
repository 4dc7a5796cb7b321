using System.Net;
using System.Text;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.BadInput;

/// <summary>Clients that go away half-way: what they sent can be gone on with, and shows nowhere.</summary>
public sealed class HangUpTests(SharedHarbor shared)
{
    [Theory]
    [InlineData("PATCH", true)]
    [InlineData("PATCH", false)]
    [InlineData("PUT", true)]
    public async Task What_arrived_before_a_client_hung_up_is_kept_for_going_on(string method, bool reset)
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(400_000);
        var digest = Digest.Of(bytes);
        var upload = await repository.StartUploadAsync();
        await repository.PatchAsync(upload, bytes[..100_000]);

        await HangUpAsync(method, method == "PUT" ? $"{upload}?digest={digest}" : upload, bytes[100_000..], 200_000, reset);

        var offset = await OffsetAsync(repository, upload);
        Assert.InRange(offset, 100_000, 300_000);
        (await repository.GetAsync($"blobs/{digest}")).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        (await repository.PatchAsync(upload, bytes[offset..], $"{offset}-{bytes.Length - 1}")).Is(HttpStatusCode.Accepted);
        (await repository.FinishAsync(upload, digest)).Is(HttpStatusCode.Created);
        Assert.Equal(bytes, (await repository.GetAsync($"blobs/{digest}")).Body);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_single_request_that_breaks_off_leaves_nothing()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(400_000);

        await HangUpAsync("POST", $"/v2/{repository.Name}/blobs/uploads/?digest={Digest.Of(bytes)}", bytes, 200_000, reset: true);

        await UntilAsync(async () => (long)(await UploadsAsync(repository))! == 0);
        await repository.NobodyHasAsync(Digest.Of(bytes));
        await repository.ShowsNothingAsync();
    }

    [Fact]
    public async Task A_manifest_that_breaks_off_is_not_stored()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();

        await HangUpAsync("PUT", $"/v2/{repository.Name}/manifests/v1", image.Bytes, image.Bytes.Length / 2, reset: true);

        await Task.Delay(200, TestContext.Current.CancellationToken);
        (await repository.GetAsync("manifests/v1")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        (await repository.GetAsync("tags/list")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_reader_that_hangs_up_disturbs_nobody()
    {
        var repository = await shared.RepositoryAsync();
        var blob = await repository.PushBlobAsync(Content.Random(20_000_000));
        for (var client = 0; client < 3; client++)
        {
            await using var connection = await shared.Harbor.ConnectAsync();
            await connection.SendAsync($"GET /v2/{repository.Name}/blobs/{blob.Digest} HTTP/1.1\r\nHost: x\r\nAuthorization: {Basic}\r\n\r\n");
            await connection.ReadUntilAsync(text => text.Length > 1000, TimeSpan.FromSeconds(10));
            connection.Reset();
        }

        Assert.Equal(blob.Bytes, (await repository.GetAsync($"blobs/{blob.Digest}")).Body);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_body_shorter_than_it_said_is_no_body()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(1000);
        var upload = await repository.StartUploadAsync();

        // The connection ends in order, but too early: the length was a promise.
        await HangUpAsync("PUT", $"{upload}?digest={Digest.Of(bytes)}", bytes, 1000, reset: false, announced: 2000);

        Assert.Equal(1000, await OffsetAsync(repository, upload));
        (await repository.GetAsync($"blobs/{Digest.Of(bytes)}")).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_torn_chunked_encoding_is_refused_or_resumable_and_never_a_blob()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(1000);
        foreach (var tail in new[] { "zz\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFF\r\n", "5\r\nab" })
        {
            var upload = await repository.StartUploadAsync();
            await using var connection = await shared.Harbor.ConnectAsync();
            await connection.SendAsync($"PUT {upload}?digest={Digest.Of(bytes)} HTTP/1.1\r\nHost: x\r\nAuthorization: {Basic}\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n");
            await connection.SendAsync(bytes);
            await connection.SendAsync("\r\n" + tail);
            var answer = await connection.ReadUntilAsync(text => text.Contains("\r\n\r\n", StringComparison.Ordinal), TimeSpan.FromSeconds(1));

            Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), answer);
            connection.Reset();
            await OffsetAsync(repository, upload);
        }

        await repository.NobodyHasAsync(Digest.Of(bytes));
        await Accounts.CheckAsync(shared.Harbor);
    }

    private static string Basic => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{TestHarbor.AdminPassword}"))}";

    private async Task HangUpAsync(string method, string target, byte[] body, int sent, bool reset, int? announced = null)
    {
        await using var connection = await shared.Harbor.ConnectAsync();
        await connection.SendAsync($"{method} {target} HTTP/1.1\r\nHost: x\r\nAuthorization: {Basic}\r\nContent-Type: application/octet-stream\r\nContent-Length: {announced ?? body.Length}\r\n\r\n");
        await connection.SendAsync(body.AsMemory(0, sent));
        await Task.Delay(300, TestContext.Current.CancellationToken);   // lets the server meet what was sent
        if (reset)
        {
            connection.Reset();
        }
    }

    // How far the upload is, once the writer that was left alone has given it back.
    private async Task<int> OffsetAsync(TestRepository repository, string upload)
    {
        var id = upload[(upload.LastIndexOf('/') + 1)..];
        await UntilAsync(async () => await shared.Harbor.Database.QueryAsync($"SELECT claim FROM upload WHERE id = '{id}'") is null);
        var range = (await repository.GetAsync(upload)).Is(HttpStatusCode.NoContent).Header("Range")!;
        return range == "0-0" ? 0 : int.Parse(range[2..], null) + 1;
    }

    private Task<object?> UploadsAsync(TestRepository repository) => shared.Harbor.Database.QueryAsync(
        $"SELECT count(*) FROM upload JOIN repository ON repository.id = repository_id WHERE name = '{repository.Name}'");

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var attempt = 0; !await condition(); attempt++)
        {
            Assert.True(attempt < 100, "This did not come about in time.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
