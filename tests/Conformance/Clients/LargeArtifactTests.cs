using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.Clients;

/// <summary>An artifact of one large layer, on a server process of its own, whose memory is watched.</summary>
public sealed class LargeArtifactTests(ITestOutputHelper output)
{
    private const long LayerBytes = 1L << 30;
    private const long MemoryAllowed = 100L << 20;
    private const string Repository = "/v2/library/model";

    [Fact]
    public async Task A_layer_of_one_gibibyte_is_pushed_and_comes_back_byte_for_byte_at_little_memory()
    {
        Requires.That(new DriveInfo(Path.GetTempPath()).AvailableFreeSpace > 2 * LayerBytes, "needs 2 GiB of temporary space");
        using var folder = new TemporaryDirectory();
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions
        {
            DataDirectory = folder.Path,
            Environment = new Dictionary<string, string> { ["HARBOR_ADMIN_PASSWORD"] = TestHarbor.AdminPassword },
        });
        harbor.Client.Timeout = TimeSpan.FromMinutes(5);
        harbor.Client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(ClientRepository.Credentials)));
        await PushAndPullAsync(harbor.Client, 20 << 20);   // what every server pays once is not what a large layer costs
        var before = ResetPeak(harbor.Id);

        var (pushed, pulled) = await PushAndPullAsync(harbor.Client, LayerBytes);

        var extra = Peak(harbor.Id) - before;
        output.WriteLine(
            $"push {pushed.TotalSeconds:F1} s, pull {pulled.TotalSeconds:F1} s, server memory {before >> 20} MiB before, at most {extra >> 20} MiB more");
        Assert.InRange(extra, 0, MemoryAllowed);
    }

    private static async Task<(TimeSpan Pushed, TimeSpan Pulled)> PushAndPullAsync(HttpClient client, long length)
    {
        using var started = await client.PostAsync($"{Repository}/blobs/uploads/", null, TestContext.Current.CancellationToken);
        var begun = Stopwatch.GetTimestamp();
        using var sent = new PatternStream(length);
        using var content = new StreamContent(sent, 1 << 20);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.ContentLength = length;
        using var patched = await client.PatchAsync(started.Headers.Location, content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, patched.StatusCode);
        var digest = Digest.FromHash(DigestAlgorithm.Sha256, sent.Hash);
        await SendAsync(client, HttpMethod.Put, $"{patched.Headers.Location}?digest={digest}", [], "application/octet-stream");
        await SendAsync(client, HttpMethod.Post, $"{Repository}/blobs/uploads/?digest={Manifests.Empty.Digest}", Manifests.Empty.Bytes, "application/octet-stream");
        var layer = $"{{\"mediaType\":\"application/octet-stream\",\"digest\":\"{digest}\",\"size\":{length}}}";
        var manifest = Manifests.Of(MediaTypes.OciManifest, "\"artifactType\":\"application/vnd.example.model\"", $"\"config\":{Manifests.Empty.Descriptor}", $"\"layers\":[{layer}]");
        await SendAsync(client, HttpMethod.Put, $"{Repository}/manifests/v1", manifest.Bytes, manifest.MediaType);
        var pushed = Stopwatch.GetElapsedTime(begun);

        begun = Stopwatch.GetTimestamp();
        Assert.Equal(manifest.Bytes, await client.GetByteArrayAsync($"{Repository}/manifests/v1", TestContext.Current.CancellationToken));
        using var got = await client.GetAsync($"{Repository}/blobs/{digest}", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(length, got.Content.Headers.ContentLength);
        await using var body = await got.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var expected = new PatternStream(length);
        var (buffer, pattern) = (new byte[1 << 20], new byte[1 << 20]);
        for (var left = length; left > 0;)
        {
            var count = await body.ReadAtLeastAsync(buffer, (int)Math.Min(left, buffer.Length), throwOnEndOfStream: true, TestContext.Current.CancellationToken);
            expected.ReadExactly(pattern, 0, count);
            Assert.True(buffer.AsSpan(0, count).SequenceEqual(pattern.AsSpan(0, count)), $"The layer differs after {length - left} bytes.");
            left -= count;
        }

        Assert.Equal(0, await body.ReadAsync(buffer, TestContext.Current.CancellationToken));
        return (pushed, Stopwatch.GetElapsedTime(begun));
    }

    private static async Task SendAsync(HttpClient client, HttpMethod method, string target, byte[] body, string mediaType)
    {
        using var request = new HttpRequestMessage(method, target) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // Resident memory now; the peak counts from here. Source: proc(5), clear_refs.
    private static long ResetPeak(int process)
    {
        File.WriteAllText($"/proc/{process}/clear_refs", "5");
        return Memory(process, "VmRSS:");
    }

    private static long Peak(int process) => Memory(process, "VmHWM:");

    private static long Memory(int process, string field) => 1024 * long.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..^"kB".Length], CultureInfo.InvariantCulture);
}
