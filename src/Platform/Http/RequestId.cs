using Microsoft.AspNetCore.Http;

namespace Harbor.Platform.Http;

/// <summary>Names every request: the client's <c>X-Request-Id</c>, or a new UUID. It stands on every answer and in the log.</summary>
internal static class RequestId
{
    public const string Header = "X-Request-Id";

    private const int MaxLength = 128;

    public static Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var sent = http.Request.Headers[Header];
        var id = sent.Count == 1 && IsUsable(sent[0]) ? sent[0]! : Guid.NewGuid().ToString();
        http.TraceIdentifier = id;
        http.Response.Headers[Header] = id;
        return next(http);
    }

    // It is echoed and logged, so it must not be long and must not hold what breaks a line.
    private static bool IsUsable(string? id) =>
        id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExceptInRange('!', '~');
}
