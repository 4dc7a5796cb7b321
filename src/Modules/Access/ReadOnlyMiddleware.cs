using Harbor.Oci;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

/// <summary>Refuses every change while the registry is read-only, whoever asks: whether he might is not even looked at.</summary>
internal sealed class ReadOnlyMiddleware(RequestDelegate next, ReadOnlyMode isReadOnly)
{
    private const string Refusal = "The system is in read only mode. Any modification is prohibited.";

    // Not the token service: it changes nothing, and containerd takes its 405 to POST for an answer.
    private static readonly string[] Guarded = ["/api", "/v2", "/c"];

    public async Task InvokeAsync(HttpContext http)
    {
        if (IsChange(http) && await isReadOnly(http.RequestAborted))
        {
            throw new RegistryException(ErrorCode.Denied, Refusal);
        }

        await next(http);
    }

    private static bool IsChange(HttpContext http) =>
        !IsReading(http.Request.Method)
        && Array.Exists(Guarded, root => http.Request.Path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase))
        && http.GetEndpoint()?.Metadata.GetMetadata<AllowedWhileReadOnly>() is null;

    private static bool IsReading(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}

/// <summary>Whether the registry is read-only; the settings know.</summary>
public delegate ValueTask<bool> ReadOnlyMode(CancellationToken ct);

/// <summary>Marks what may be done while the registry is read-only.</summary>
internal sealed class AllowedWhileReadOnly;
