using System.Net;
using System.Text;
using Harbor.Load.Http;

namespace Harbor.Load.Registry;

/// <summary>The server under test.</summary>
/// <param name="Url">Scheme, host and port; plain HTTP.</param>
/// <param name="Project">First part of the names of repositories that the scenarios use.</param>
/// <param name="Timeout">For how long a connection may stand still.</param>
internal sealed record Target(Uri Url, string Project, Authorizer Authorizer, TimeSpan Timeout)
{
    /// <summary>Asks the server how it wants to be authenticated to.</summary>
    /// <exception cref="HttpFailure">It is no registry.</exception>
    public static Target Discover(Uri url, string project, string? user, string? password, TimeSpan timeout)
    {
        using var connection = new HttpConnection(EndPointOf(url), timeout);
        var reply = connection.Exchange(Request(url, "GET", "/v2/", ""));
        var challenge = reply.Status switch
        {
            200 => null,
            401 => Challenge.Parse(connection.Header("WWW-Authenticate")),
            _ => throw new HttpFailure($"GET /v2/: {reply.Status}"),
        };
        return new(url, project, new Authorizer(challenge, user, password, timeout), timeout);
    }

    public static EndPoint EndPointOf(Uri url) =>
        IPAddress.TryParse(url.DnsSafeHost, out var address)
            ? new IPEndPoint(address, url.Port)
            : new DnsEndPoint(url.DnsSafeHost, url.Port);

    /// <summary>A request head, with <paramref name="body"/> behind it.</summary>
    /// <param name="headerLines">Each with its line end.</param>
    /// <param name="bodyLength">Length of a body that is sent apart.</param>
    public static byte[] Request(
        Uri url, string method, string pathAndQuery, string headerLines, ReadOnlySpan<byte> body = default, long? bodyLength = null)
    {
        var length = bodyLength ?? body.Length;
        var lengthLine = method is "GET" or "HEAD" ? "" : $"Content-Length: {length}\r\n";
        var head = $"{method} {pathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nUser-Agent: harbor-load\r\n{headerLines}{lengthLine}\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    public HttpConnection Connect() => new(EndPointOf(Url), Timeout);

    public string Repository(string name) => $"{Project}/{name}";
}
