using System.Net;
using System.Text;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.BadInput;

/// <summary>Manifests that are none: each is refused, and nothing stays behind.</summary>
public sealed class BadManifestTests(SharedHarbor shared)
{
    private const int FourMebibytes = 4 << 20;

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "nothing", [] },
        { "no JSON", "not json"u8.ToArray() },
        { "a torn object", "{\"schemaVersion\":2"u8.ToArray() },
        { "a list", "[]"u8.ToArray() },
        { "a number", "2"u8.ToArray() },
        { "null", "null"u8.ToArray() },
        { "no version", "{}"u8.ToArray() },
        { "schema 1", "{\"schemaVersion\":1,\"name\":\"a\",\"tag\":\"b\",\"fsLayers\":[]}"u8.ToArray() },
        { "a byte order mark", [0xef, 0xbb, 0xbf, .. "{\"schemaVersion\":2}"u8] },
        { "UTF-16", Encoding.Unicode.GetBytes("{\"schemaVersion\":2}") },
        { "NUL bytes", new byte[100] },
        { "nesting of 10,000", Encoding.UTF8.GetBytes($"{{\"schemaVersion\":2,\"x\":{new string('[', 10_000)}{new string(']', 10_000)}}}") },
        { "nesting of a million", Encoding.UTF8.GetBytes(new string('[', 1_000_000)) },
        { "objects in objects", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))) },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_no_manifest_is_refused(string what, byte[] bytes)
    {
        var repository = await shared.RepositoryAsync();
        foreach (var mediaType in new[] { MediaTypes.OciManifest, MediaTypes.OciIndex, "application/json", "text/plain" })
        {
            (await repository.PutManifestAsync("v1", Content.Of(mediaType, bytes))).Refuses(HttpStatusCode.BadRequest, "MANIFEST_INVALID");
        }

        Assert.NotEmpty(what);
        await repository.ShowsNothingAsync();
    }

    [Theory]
    [InlineData("\"annotations\":{\"a\":\"\\u0000\"}")]
    [InlineData("\"annotations\":{\"a\\u0000\":\"b\"}")]
    [InlineData("\"annotations\":{\"a\":\"\\ud800\"}")]
    [InlineData("\"annotations\":{\"\\udfff\":\"b\"}")]
    [InlineData("\"annotations\":{\"a\":1}")]
    [InlineData("\"annotations\":{\"a\":null}")]
    [InlineData("\"annotations\":[]")]
    [InlineData("\"artifactType\":\"a\\u0000b\"")]
    [InlineData("\"artifactType\":\"\\ud83d\"")]
    [InlineData("\"artifactType\":{}")]
    [InlineData("\"subject\":{}")]
    [InlineData("\"subject\":\"sha256:0\"")]
    [InlineData("\"manifests\":[]")]
    public async Task An_image_with_a_field_that_cannot_be_is_refused(string field)
    {
        var repository = await shared.RepositoryAsync();
        var (config, layer) = (await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig), await repository.PushBlobAsync(Content.Random(), Manifests.Layer));

        (await repository.PutManifestAsync("v1", Manifests.Image(config, [layer], field))).Refuses(HttpStatusCode.BadRequest, "MANIFEST_INVALID");

        (await repository.GetAsync("tags/list")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_in_what_the_registry_reads_are_refused_and_elsewhere_kept()
    {
        var repository = await shared.RepositoryAsync();
        var plain = Encoding.Latin1.GetString((await repository.ImageAsync()).Bytes);
        var read = plain.Replace("\"schemaVersion\"", "\"annotations\":{\"a\":\"\u00ff\u00fe\"},\"schemaVersion\"", StringComparison.Ordinal);
        var unread = plain.Replace("\"schemaVersion\"", "\"unknown\":\"\u00ff\u00fe\",\"schemaVersion\"", StringComparison.Ordinal);

        (await repository.PutManifestAsync("read", Content.Of(MediaTypes.OciManifest, Encoding.Latin1.GetBytes(read)))).Refuses(HttpStatusCode.BadRequest, "MANIFEST_INVALID");
        var kept = await repository.PushManifestAsync("unread", Content.Of(MediaTypes.OciManifest, Encoding.Latin1.GetBytes(unread)));

        Assert.Equal(kept.Bytes, (await repository.GetAsync("manifests/unread")).Body);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1e400")]
    [InlineData("9223372036854775808")]
    [InlineData("\"5\"")]
    [InlineData("null")]
    public async Task A_size_that_is_none_is_refused(string size)
    {
        var repository = await shared.RepositoryAsync();
        var config = await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig);
        var manifest = Manifests.Of(
            MediaTypes.OciManifest, $"\"config\":{{\"mediaType\":\"{MediaTypes.OciConfig}\",\"digest\":\"{config.Digest}\",\"size\":{size}}}", "\"layers\":[]");

        (await repository.PutManifestAsync("v1", manifest)).Refuses(HttpStatusCode.BadRequest, "MANIFEST_INVALID");
    }

    [Fact]
    public async Task A_size_that_is_a_lie_changes_no_account()
    {
        var repository = await shared.RepositoryAsync();
        var config = await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig);
        await repository.PushManifestAsync("v1", Manifests.Of(
            MediaTypes.OciManifest, $"\"config\":{{\"mediaType\":\"{MediaTypes.OciConfig}\",\"digest\":\"{config.Digest}\",\"size\":{long.MaxValue}}}", "\"layers\":[]"));

        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_tower_of_indexes_overflows_no_number()
    {
        var repository = await shared.RepositoryAsync();
        var (left, right) = (await repository.PushImageAsync("a"), await repository.PushImageAsync("b"));
        for (var level = 0; level < 64; level++)
        {
            (left, right) = (
                await repository.PushManifestAsync("left", Manifests.Index([left, right], "\"annotations\":{\"side\":\"left\"}")),
                await repository.PushManifestAsync("right", Manifests.Index([left, right], "\"annotations\":{\"side\":\"right\"}")));
        }

        Assert.Equal(left.Bytes, (await repository.GetAsync("manifests/left")).Body);
        (await repository.DeleteAsync($"manifests/{left.Digest}")).Is(HttpStatusCode.Accepted);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_manifest_of_four_mebibytes_is_taken_and_one_byte_more_is_not()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();
        byte[] Padded(int length) => [.. image.Bytes, .. Enumerable.Repeat((byte)' ', length - image.Bytes.Length)];

        var tooLong = Content.Of(MediaTypes.OciManifest, Padded(FourMebibytes + 1));
        (await repository.PutManifestAsync("v1", tooLong)).Refuses(HttpStatusCode.RequestEntityTooLarge, "REQUEST_ENTITY_TOO_LARGE");
        (await repository.GetAsync("manifests/v1")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");

        var fits = await repository.PushManifestAsync("v1", Content.Of(MediaTypes.OciManifest, Padded(FourMebibytes)));
        Assert.Equal(fits.Bytes, (await repository.GetAsync("manifests/v1")).Body);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_manifest_whose_length_is_not_told_is_measured_while_it_comes()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();
        byte[] padded = [.. image.Bytes, .. Enumerable.Repeat((byte)' ', FourMebibytes)];
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v2/{repository.Name}/manifests/v1") { Content = new StreamContent(new MemoryStream(padded)) };
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.ContentType = new(MediaTypes.OciManifest);

        var answer = await Answer.ReadAsync(await shared.Harbor.Admin.SendAsync(request, TestContext.Current.CancellationToken));

        answer.Refuses(HttpStatusCode.RequestEntityTooLarge, "REQUEST_ENTITY_TOO_LARGE");
        (await repository.GetAsync("manifests/v1")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task A_content_type_that_contradicts_the_manifest_is_refused()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();

        foreach (var other in new[] { MediaTypes.OciIndex, MediaTypes.DockerManifest, "text/plain", "application/vnd.docker.distribution.manifest.v1+prettyjws" })
        {
            (await repository.PutManifestAsync("v1", image with { MediaType = other })).Refuses(HttpStatusCode.BadRequest, "MANIFEST_INVALID");
        }

        (await repository.SendAsync(HttpMethod.Put, "manifests/v1", image.Bytes, null, ("Content-Type", ";;/"))).Refuses(HttpStatusCode.BadRequest, "MANIFEST_INVALID");
    }

    [Fact]
    public async Task Ten_thousand_layers_are_taken_or_refused_but_break_nothing()
    {
        var repository = await shared.RepositoryAsync();
        var config = await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig);
        var missing = Enumerable.Range(0, 10_000).Select(number => Content.Of(Manifests.Layer, $"{number}")).ToArray();

        var message = (await repository.PutManifestAsync("v1", Manifests.Image(config, missing))).Refuses(HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN");
        Assert.InRange(message.Length, 100, 5000);
        (await repository.PutManifestAsync("v1", Manifests.Image(config, [.. missing, missing[0]]))).Refuses(HttpStatusCode.BadRequest, "MANIFEST_INVALID");
        await Accounts.CheckAsync(shared.Harbor);
    }
}
