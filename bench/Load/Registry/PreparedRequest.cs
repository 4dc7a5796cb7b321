using System.Diagnostics;
using Harbor.Load.Http;

namespace Harbor.Load.Registry;

/// <summary>A request without body that is sent over and over: its bytes are made once per credential. Thread-safe.</summary>
internal sealed class PreparedRequest(Target target, string method, string path, Access access, string headerLines = "")
{
    // One reference, so that readers never see new bytes with an old expiry.
    private volatile Built? built;

    /// <summary>Status that counts as success.</summary>
    public int ExpectedStatus { get; init; } = 200;

    /// <summary>Length of the content that counts as success; null for any.</summary>
    public long? ExpectedBytes { get; init; }

    /// <summary>Sends it and reads the whole answer.</summary>
    /// <exception cref="HttpFailure">The answer is not the expected one.</exception>
    public Reply Send(HttpConnection connection, BodySink? sink = null)
    {
        var current = built;
        if (current is null || Stopwatch.GetTimestamp() >= current.ValidUntil)
        {
            built = current = Build();
        }

        var reply = connection.Exchange(current.Bytes, method != "HEAD", sink: sink);
        if (reply.Status != ExpectedStatus)
        {
            throw new HttpFailure($"{method}: {reply.Status}");
        }

        return ExpectedBytes is { } length && length != reply.BodyBytes ? throw new HttpFailure($"{method}: wrong length") : reply;
    }

    private Built Build()
    {
        var credential = target.Authorizer.For(access);
        return new(Target.Request(target.Url, method, path, credential.HeaderLine + headerLines), credential.ValidUntil);
    }

    private sealed record Built(byte[] Bytes, long ValidUntil);
}
