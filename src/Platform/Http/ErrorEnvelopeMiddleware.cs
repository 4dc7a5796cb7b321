using Harbor.Oci;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Harbor.Platform.Http;

/// <summary>Turns what a request threw into Harbor's error envelope; logs once what an operator or a developer must look at.</summary>
internal sealed class ErrorEnvelopeMiddleware(RequestDelegate next, ILogger<ErrorEnvelopeMiddleware> logger)
{
    private const string RetryAfterSeconds = "3";

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (Exception e)
        {
            await AnswerAsync(http, e);
            return;
        }

        await DescribeMissAsync(http);
    }

    private async Task AnswerAsync(HttpContext http, Exception e)
    {
        var refusal = Faults.Translate(e);
        if (IsBroken(e) || (http.RequestAborted.IsCancellationRequested && IsDisconnect(e, refusal)))
        {
            Log.ClientLeft(logger, http.Request.Method, http.Request.Path);
            if (!http.Response.HasStarted)
            {
                http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }

            // What is left of the body cannot be read, and must not be waited for.
            http.Abort();
            return;
        }

        Report(http, e, refusal.Code);
        if (http.Response.HasStarted)
        {
            // The status is gone already: a broken connection is the only way to say that this is not the whole answer.
            http.Abort();
            return;
        }

        if (refusal.Code == ErrorCode.ServiceUnavailable || refusal.Code == ErrorCode.TooManyRequests)
        {
            http.Response.Headers[HeaderNames.RetryAfter] = RetryAfterSeconds;
        }

        var (code, message, detail) = Shown(refusal);
        await ErrorEnvelope.WriteAsync(http, code, message, detail);
    }

    private static (ErrorCode Code, string Message, object? Detail) Shown(RegistryException refusal) =>
        refusal.Code.Status < 500 || refusal.Code == ErrorCode.ServiceUnavailable || refusal.Code == ErrorCode.InsufficientStorage
            ? (refusal.Code, refusal.Message, refusal.Detail)
            : (ErrorCode.Unknown with { Status = refusal.Code.Status }, "internal server error", null);

    // The body's reader may hear of a reset before the request is marked as aborted. An overflow is what Kestrel makes of a chunk whose
    // announced length no number holds: no client, and nothing after it can be read. Other malformed chunks it calls bad requests.
    private static bool IsBroken(Exception e) => e is ConnectionResetException or { InnerException: ConnectionResetException } or IOException { InnerException: OverflowException };

    private static bool IsDisconnect(Exception e, RegistryException refusal) =>
        refusal.Code != ErrorCode.InsufficientStorage && e is OperationCanceledException or IOException or BadHttpRequestException;

    private void Report(HttpContext http, Exception e, ErrorCode code)
    {
        if (code == ErrorCode.ServiceUnavailable)
        {
            Log.Unavailable(logger, e, http.Request.Method, http.Request.Path);
        }
        else if (code == ErrorCode.InsufficientStorage)
        {
            Log.NoSpaceLeft(logger, e, http.Request.Method, http.Request.Path);
        }
        else if (code.Status >= 500)
        {
            Log.RequestFailed(logger, e, http.Request.Method, http.Request.Path);
        }
    }

    /// <summary>Gives the answers that routing made itself, which have no body, the text that Harbor gives them.</summary>
    private static Task DescribeMissAsync(HttpContext http)
    {
        var response = http.Response;
        if (response.HasStarted || response.StatusCode is not (StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed)
            || !http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            return Task.CompletedTask;
        }

        if (response.StatusCode == StatusCodes.Status405MethodNotAllowed)
        {
            var message = $"method {http.Request.Method} is not allowed, but [{response.Headers.Allow}] are";
            return ErrorEnvelope.WriteAsync(http, ErrorCode.MethodNotAllowed, message);
        }

        return http.GetEndpoint() is null
            ? ErrorEnvelope.WriteAsync(http, ErrorCode.NotFound, $"path {http.Request.Path.ToUriComponent()} was not found")
            : Task.CompletedTask;
    }
}
