using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Harbor.Oci;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Harbor.Platform.Http;

/// <summary>Writes a refusal the way Harbor's clients read it: <c>{"errors":[{"code","message","detail"}]}</c> and a newline.</summary>
public static class ErrorEnvelope
{
    public const string ContentType = "application/json; charset=utf-8";

    // Messages quote names and use apostrophes; clients compare them as text. Nothing renders JSON as HTML.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Details = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Headers that described an answer which is not going to be sent.</summary>
    private static readonly string[] ContentHeaders =
    [
        HeaderNames.ContentLength, HeaderNames.ContentEncoding, HeaderNames.ContentRange, HeaderNames.ContentDisposition, HeaderNames.AcceptRanges,
        HeaderNames.CacheControl, HeaderNames.ETag, HeaderNames.LastModified, HeaderNames.Location, HeaderNames.Link,
    ];

    /// <summary>Answers with <paramref name="code"/>. Headers set so far stay, but for those that describe content.</summary>
    /// <remarks>So a gate may set <c>Www-Authenticate</c> and throw.</remarks>
    public static async Task WriteAsync(HttpContext http, ErrorCode code, string message, object? detail = null)
    {
        var response = http.Response;
        foreach (var header in ContentHeaders)
        {
            response.Headers.Remove(header);
        }

        var body = Encode(code, message, detail);
        response.StatusCode = code.Status;
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            // Not cancelled when the client has left: the server drops the bytes by itself, and nobody is there to hear of it.
            await response.Body.WriteAsync(body, CancellationToken.None);
        }
    }

    /// <summary>The code of a status that the framework chose: its reason in upper snake case, such as <c>METHOD_NOT_ALLOWED</c>.</summary>
    public static ErrorCode CodeOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => ErrorCode.BadRequest,
        StatusCodes.Status413PayloadTooLarge => ErrorCode.RequestEntityTooLarge,
        _ => new ErrorCode(ReasonPhrases.GetReasonPhrase(status).ToUpperInvariant().Replace(' ', '_').Replace('-', '_'), status),
    };

    private static ReadOnlyMemory<byte> Encode(ErrorCode code, string message, object? detail)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            json.WriteStartArray("errors");
            json.WriteStartObject();
            json.WriteString("code", code.Text);
            json.WriteString("message", message);
            if (detail is not null)
            {
                json.WritePropertyName("detail");
                JsonSerializer.Serialize(json, detail, detail.GetType(), Details);
            }

            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}
