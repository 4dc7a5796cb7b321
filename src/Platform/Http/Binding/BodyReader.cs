using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Harbor.Oci;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Harbor.Platform.Http.Binding;

/// <summary>Reads JSON bodies of the management API.</summary>
internal static class BodyReader
{
    /// <summary>More than any operation of the contract needs; images travel elsewhere.</summary>
    public const int MaxBytes = 1 << 20;

    private const long MaxPassedOverBytes = 16 << 20;

    private const string Place = "body";

    /// <summary>The body, or null when it is missing or at fault; what is wrong with it stands in <see cref="RequestProblems"/>.</summary>
    /// <exception cref="RegistryException"><c>REQUEST_ENTITY_TOO_LARGE</c>.</exception>
    public static async ValueTask<T?> ReadAsync<T>(HttpContext http, string name, bool required, JsonTypeInfo<T> type)
        where T : class
    {
        var problems = RequestProblems.Of(http);
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true || http.Request.ContentLength == 0)
        {
            if (required)
            {
                problems.Missing(name, Place);
            }

            return null;
        }

        if (!IsJson(http.Request.ContentType))
        {
            problems.Add($"unsupported media type \"{http.Request.ContentType}\", only [application/json] are allowed");
            return null;
        }

        try
        {
            Limit(http);
            var body = await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted);
            if (body is null && required)
            {
                problems.Missing(name, Place);
            }
            else if (body is not null)
            {
                BodyRules.Check(body, type, problems);
                http.Features.Set(body);   // for whoever must name what the request was about
            }

            return body;
        }
        catch (JsonException e)
        {
            problems.Add(Describe(name, e));
            return null;
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // The server will not read the rest, so the connection ends; a client that is not told would send its next request into it.
            http.Response.Headers.Connection = "close";
            throw new RegistryException(ErrorCode.RequestEntityTooLarge, $"the body is larger than {MaxBytes} bytes", inner: e);
        }
    }

    // Not as the framework's own metadata: with that, routing would answer 415 by itself, and Harbor says 422.
    public static void Describe<T>(EndpointBuilder builder, string name, bool required) =>
        builder.Metadata.Add(new ApiParameter(name, Place, "object", required) { BodyType = typeof(T) });

    private static string Describe(string name, JsonException e) => e.Path is { Length: > 0 } path
        ? $"parsing {name} body failed at {path}: it is not well-formed JSON, or not of the type expected there"
        : $"parsing {name} body failed: it is not well-formed JSON";

    private static void Limit(HttpContext http)
    {
        var feature = http.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (http.Request.ContentLength > MaxBytes)
        {
            // A client that is still sending would find its connection broken, and not read why: the server passes over a body that it may take.
            if (feature is { IsReadOnly: false } && http.Request.ContentLength <= MaxPassedOverBytes)
            {
                feature.MaxRequestBodySize = MaxPassedOverBytes;
            }

            throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
        }

        if (feature is { IsReadOnly: false })
        {
            feature.MaxRequestBodySize = MaxBytes;   // the server counts a chunked body and stops it there
        }
    }

    // A body without a type is taken for JSON: nothing else is understood here.
    private static bool IsJson(string? contentType) =>
        string.IsNullOrEmpty(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out var media)
            && (media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || media.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)));
}
