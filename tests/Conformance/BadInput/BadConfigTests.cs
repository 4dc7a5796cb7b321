using System.Net;
using System.Text;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.BadInput;

/// <summary>Configs and platforms that strangers wrote: the registry reads them, stores what it read, and shows it.</summary>
public sealed class BadConfigTests(SharedHarbor shared)
{
    private const string Helm = "application/vnd.cncf.helm.config.v1+json";

    public static TheoryData<string, byte[], bool> Configs => new()
    {
        { "nothing", [], true },
        { "no JSON", "hello"u8.ToArray(), false },
        { "torn JSON", "{\"os\":"u8.ToArray(), false },
        { "a list", "[1]"u8.ToArray(), true },
        { "a text", "\"x\""u8.ToArray(), true },
        { "NUL in texts", "{\"author\":\"a\\u0000\",\"os\":\"\\u0000\",\"config\":{\"Env\":[\"A=\\u0000\"]},\"\\u0000\":1}"u8.ToArray(), true },
        { "huge numbers", "{\"created\":1e999999,\"os\":123456789012345678901234567890,\"config\":{\"a\":-1e-999999}}"u8.ToArray(), true },
        { "odd types", "{\"author\":{},\"created\":[],\"architecture\":true,\"os\":null,\"config\":\"x\"}"u8.ToArray(), true },
        { "labels that are none", "{\"config\":{\"Labels\":[]}}"u8.ToArray(), true },
        { "a maintainer that is no text", "{\"config\":{\"Labels\":{\"maintainer\":{\"a\":[1e400]}}}}"u8.ToArray(), true },
        { "the same name twice", "{\"os\":\"a\",\"os\":\"b\",\"config\":{\"x\":1,\"x\":2}}"u8.ToArray(), true },
        { "nesting of 60", Nested(60), true },
        { "nesting of 100,000", Nested(100_000), false },
        { "a byte order mark", [0xef, 0xbb, 0xbf, .. "{}"u8], false },
        { "bytes that are not UTF-8", [.. "{\"author\":\""u8, 0xff, 0xfe, .. "\",\"config\":{\"a\":\""u8, 0xc3, .. "\"}}"u8], false },
    };

    [Theory]
    [MemberData(nameof(Configs))]
    public async Task A_config_is_understood_or_refused_and_shown_again(string what, byte[] config, bool taken)
    {
        foreach (var mediaType in new[] { MediaTypes.OciConfig, MediaTypes.DockerConfig, Helm, "application/vnd.acme.rocket.config.v1+json" })
        {
            var repository = await shared.RepositoryAsync();
            var image = Manifests.Image(await repository.PushBlobAsync(config, mediaType), await repository.PushBlobAsync(Content.Random(), Manifests.Layer));

            var answer = await repository.PutManifestAsync("v1", image);

            if (taken)
            {
                Assert.True(answer.Status == HttpStatusCode.Created, $"{what}: {answer.Text}");
                Assert.Equal(image.Bytes, (await repository.GetAsync("manifests/v1")).Body);
                await ShownAsync(repository, "v1");
            }
            else
            {
                answer.Refuses(HttpStatusCode.BadRequest, "MANIFEST_INVALID");
                (await repository.GetAsync("manifests/v1")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
            }
        }

        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_in_a_config_breaks_nothing()
    {
        var repository = await shared.RepositoryAsync();
        foreach (var config in new[] { "{\"author\":\"\\ud800\"}", "{\"os\":\"\\udfffx\"}", "{\"\\ud800\":1}", "{\"config\":{\"Labels\":{\"maintainer\":\"\\ud800\"}}}" })
        {
            foreach (var mediaType in new[] { MediaTypes.OciConfig, Helm })
            {
                var answer = await repository.PutManifestAsync("v1", Manifests.Image(await repository.PushBlobAsync(Encoding.UTF8.GetBytes(config), mediaType)));
                Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.BadRequest, answer.Text);
                if (answer.Status == HttpStatusCode.Created)
                {
                    await ShownAsync(repository, "v1");
                }
            }
        }

        await Accounts.CheckAsync(shared.Harbor);
    }

    [Theory]
    [InlineData("{\"architecture\":\"\\u0000\",\"os\":\"linux\"}")]
    [InlineData("{\"architecture\":\"\\ud800\",\"os\":\"linux\"}")]
    [InlineData("{\"architecture\":1e400,\"os\":[123456789012345678901234567890]}")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"os.features\":{\"a\":null},\"x\":{\"y\":{\"z\":[]}}}")]
    public async Task A_platform_that_makes_no_sense_breaks_nothing(string platform)
    {
        var repository = await shared.RepositoryAsync();
        var child = await repository.PushImageAsync("child");

        var answer = await repository.PutManifestAsync("all", Manifests.Of(
            MediaTypes.OciIndex, $"\"manifests\":[{child.DescriptorWith($"\"platform\":{platform}", "\"annotations\":{\"a\":\"ä\"}", "\"urls\":[\"https://example.com/\\\"\"]")}]"));

        Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.BadRequest, answer.Text);
        if (answer.Status == HttpStatusCode.Created)
        {
            await ShownAsync(repository, "all");
        }

        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_config_too_large_to_read_is_not_read()
    {
        var repository = await shared.RepositoryAsync();
        var config = await repository.PushBlobAsync([.. "{\"os\":\""u8, .. Enumerable.Repeat((byte)'x', 5 << 20), .. "\"}"u8], MediaTypes.OciConfig);

        await repository.PushManifestAsync("v1", Manifests.Image(config));

        await ShownAsync(repository, "v1");
    }

    private static byte[] Nested(int depth) => Encoding.UTF8.GetBytes($"{{\"config\":{new string('[', depth)}{new string(']', depth)}}}");

    private static async Task ShownAsync(TestRepository repository, string reference)
    {
        var path = repository.Name[(repository.Project.Length + 1)..];
        var answer = (await repository.GetAsync($"/api/v2.0/projects/{repository.Project}/repositories/{path}/artifacts/{reference}")).Is(HttpStatusCode.OK);
        Assert.StartsWith("sha256:", answer.Json.GetProperty("digest").GetString(), StringComparison.Ordinal);
        (await repository.GetAsync($"/api/v2.0/projects/{repository.Project}/repositories/{path}/artifacts")).Is(HttpStatusCode.OK);
    }
}
