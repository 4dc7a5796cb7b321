using System.Globalization;
using System.Text;
using Harbor.Conformance.Registry;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.BadInput;

/// <summary>Paths that try to leave where they are, byte for byte as no decent client would send them.</summary>
public sealed class TraversalTests(SharedHarbor shared)
{
    private const string Hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private static readonly string[] Escapes =
    [
        "..", ".", "../..", "..%2f", "%2e%2e", "%2e%2e/%2e%2e", "%2e%2e%2f%2e%2e", "%252e%252e%252f", "..%5c", "..\\", "....//", "%c0%ae%c0%ae", "%00", "..%00", "a%00b",
        "%0a", "%0d%0aX-Injected:%201", "%ff%fe", "%", "%zz", "%u002e", "~", "/etc/passwd", "//etc//passwd", "file:%2f%2f", "C:%5c", "con", new string('.', 500), "a;b", "a?b", "%23", "*", "{0}", "$(id)", "'--",
    ];

    private static readonly string[] Targets =
    [
        "/v2/{0}", "/v2/{0}/", "/v2/{0}/web/manifests/v1", "/v2/{1}/{0}/manifests/v1", "/v2/{1}/web/{0}/manifests/v1", "/v2/{1}/web/manifests/{0}", "/v2/{1}/web/manifests/sha256:{0}",
        "/v2/{1}/web/blobs/{0}", "/v2/{1}/web/blobs/sha256:{0}", "/v2/{1}/web/blobs/uploads/{0}", "/v2/{1}/web/blobs/uploads/{0}/../../x", "/v2/{1}/web/referrers/{0}", "/v2/{1}/web/tags/{0}",
        "/v2/{1}/web/tags/list?last={0}&n=5", "/v2/{1}/web/tags/list?n={0}", "/v2/_catalog?n=5&last={0}", "/v2/_catalog?n={0}", "/v2/{1}/web/referrers/sha256:" + Hex + "?artifactType={0}",
        "/v2/{1}/web/blobs/uploads/?digest={0}", "/v2/{1}/web/blobs/uploads/?mount={0}&from={1}/web", "/v2/{1}/web/blobs/uploads/?mount=sha256:" + Hex + "&from={0}",
        "/v2/{1}/web/blobs/uploads/?digest-algorithm={0}", "/v2/{1}/web/manifests/sha256:" + Hex + "?tag={0}", "/{0}/v2/", "/v2{0}",
    ];

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task No_path_and_no_parameter_leads_anywhere(string method)
    {
        var repository = await shared.RepositoryAsync();
        await repository.Beside("web").PushImageAsync("v1");
        var before = FilesOutsideStorage();
        foreach (var target in Targets)
        {
            foreach (var escape in Escapes)
            {
                var path = string.Format(CultureInfo.InvariantCulture, target, escape, repository.Project);
                var status = await StatusAsync(method, path);
                Assert.True(status is >= 200 and < 500, $"{method} {path}: {status}");
                if (method is not ("GET" or "HEAD") && status < 300)
                {
                    // An upload may begin, for a mount of what is not there; nothing else is done.
                    Assert.True(status == 202 && method == "POST", $"{method} {path}: {status}");
                }
            }
        }

        Assert.Equal(before, FilesOutsideStorage());
        Assert.Equal("v1", Assert.Single((await repository.Beside("web").GetAsync("tags/list")).Json.GetProperty("tags").EnumerateArray()).GetString());
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Theory]
    [InlineData("GET /v2/ HTTP/1.1\r\n\r\n")]                                                   // no Host
    [InlineData("GET /v2/\x01 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET v2/ HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /v2/ HTTP/9.9\r\nHost: x\r\n\r\n")]
    [InlineData("GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /v2/a/b/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("POST /v2/a/b/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("GET /v2/ HTTP/1.1\r\nHost: x\r\nRange: \xff\xfe\r\nIf-None-Match: \xff\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /v2/ HTTP/1.1\r\nHost: x\r\nAuthorization: Basic \x80\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /v2/ HTTP/1.1\r\nHost: x\r\nAuthorization: Basic !!!!\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /v2/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a.b.c.d\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /v2/ HTTP/1.1\r\nHost: x\r\nAuthorization: \r\nConnection: close\r\n\r\n")]
    [InlineData("GET /v2/ HTTP/1.1\r\nHost: x\"y\r\nConnection: close\r\n\r\n")]
    public async Task A_request_that_is_none_is_a_bad_one_or_an_unknown_callers(string request)
    {
        await using var connection = await shared.Harbor.ConnectAsync();

        await connection.SendAsync(request);
        var answer = await connection.ReadUntilAsync(text => text.Contains("\r\n\r\n", StringComparison.Ordinal), TimeSpan.FromSeconds(20));

        Assert.Matches(@"\AHTTP/1\.1 (400|401|413|505) ", answer);
    }

    private async Task<int> StatusAsync(string method, string path)
    {
        await using var connection = await shared.Harbor.ConnectAsync();
        var body = method is "GET" or "HEAD" or "DELETE" ? "" : "Content-Length: 2\r\nContent-Type: application/json\r\n";
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{TestHarbor.AdminPassword}"));
        await connection.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {credentials}\r\n{body}Connection: close\r\n\r\n{(body.Length > 0 ? "{}" : "")}");
        var answer = await connection.ReadToEndAsync();
        Assert.DoesNotContain("X-Injected", answer[..Math.Max(0, answer.IndexOf("\r\n\r\n", StringComparison.Ordinal))], StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        return int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
    }

    private List<string> FilesOutsideStorage() =>
        [.. Directory.EnumerateFiles(shared.Harbor.DataDirectory, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(shared.Harbor.DataDirectory, file))
            .Where(file => !file.StartsWith("storage/docker/", StringComparison.Ordinal) && !file.StartsWith("storage/uploads/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
