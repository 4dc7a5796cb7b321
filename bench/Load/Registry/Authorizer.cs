using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Harbor.Load.Http;

namespace Harbor.Load.Registry;

/// <summary>Header line that grants a request, with its line end; empty for none. Valid until a Stopwatch time stamp.</summary>
internal readonly record struct Credential(string HeaderLine, long ValidUntil);

/// <summary>Gets tokens the way registry clients do, and keeps each until shortly before it expires. Thread-safe.</summary>
internal sealed class Authorizer(Challenge? challenge, string? user, string? password, TimeSpan timeout)
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Credential> tokens = new(StringComparer.Ordinal);

    /// <summary>Whether the server asks for tokens at all.</summary>
    public bool UsesTokens => challenge is not null;

    private string BasicLine => user is null
        ? ""
        : $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}\r\n";

    public Credential For(Access access)
    {
        if (challenge is null || access.Scope is not { } scope)
        {
            return new(BasicLine, long.MaxValue);
        }

        lock (gate)
        {
            if (!tokens.TryGetValue(scope, out var token) || Stopwatch.GetTimestamp() >= token.ValidUntil)
            {
                tokens[scope] = token = Fetch(challenge, scope);
            }

            return token;
        }
    }

    // The token protocol: https://distribution.github.io/distribution/spec/auth/token/
    private Credential Fetch(Challenge asked, string scope)
    {
        var query = $"service={Uri.EscapeDataString(asked.Service)}&scope={Uri.EscapeDataString(scope)}";
        var path = asked.Realm.PathAndQuery + (asked.Realm.Query.Length == 0 ? "?" : "&") + query;
        using var connection = new HttpConnection(Target.EndPointOf(asked.Realm), timeout);
        var body = new ArrayBufferWriter<byte>();
        var reply = connection.Exchange(Target.Request(asked.Realm, "GET", path, BasicLine), sink: piece => body.Write(piece));
        if (reply.Status != 200)
        {
            throw new HttpFailure($"token: {reply.Status}");
        }

        using var answer = JsonDocument.Parse(body.WrittenMemory);
        var lifetime = TimeSpan.FromSeconds(answer.RootElement.TryGetProperty("expires_in", out var seconds) ? seconds.GetDouble() : 60);
        var usable = lifetime > 2 * RenewBefore ? lifetime - RenewBefore : lifetime / 2;
        return new(
            $"Authorization: Bearer {TokenIn(answer.RootElement)}\r\n",
            Stopwatch.GetTimestamp() + (long)(usable.TotalSeconds * Stopwatch.Frequency));
    }

    // Either name may be missing or empty.
    private static string TokenIn(JsonElement answer)
    {
        foreach (var name in (ReadOnlySpan<string>)["token", "access_token"])
        {
            if (answer.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } token)
            {
                return token;
            }
        }

        throw new HttpFailure("token: none in the answer");
    }
}
