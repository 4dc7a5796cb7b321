using System.Net;
using System.Net.Sockets;
using System.Text;
using Harbor.Modules.Access;
using Harbor.Oci;
using Harbor.Unit.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace Harbor.Unit.Http;

public sealed class ErrorEnvelopeTests
{
    [Fact]
    public async Task A_refusal_is_one_error_with_code_and_message_and_a_newline()
    {
        await using var app = await ThrowingAsync(() => new RegistryException(ErrorCode.NotFound, "artifact library/x:'v1' <not> found"));

        var answer = await app.GetAsync("/api/v2.0/x");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("""{"errors":[{"code":"NOT_FOUND","message":"artifact library/x:'v1' <not> found"}]}""" + "\n", answer.Body);
        Assert.Equal("application/json; charset=utf-8", answer.Headers["Content-Type"]);
        Assert.Empty(app.Warnings);
    }

    [Fact]
    public async Task A_refusal_with_detail_carries_it()
    {
        await using var app = await ThrowingAsync(() => new RegistryException(ErrorCode.ManifestBlobUnknown, "missing", new { Digest = "sha256:0" }));

        Assert.Contains("""
            "detail":{"digest":"sha256:0"}
            """, (await app.GetAsync("/api/v2.0/x")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bug_is_masked_and_logged_once_with_its_exception()
    {
        await using var app = await ThrowingAsync(() => new InvalidOperationException("the secret is 42"));

        var answer = await app.GetAsync("/api/v2.0/x");

        Assert.Equal((HttpStatusCode.InternalServerError, "UNKNOWN", "internal server error"), (answer.Status, answer.Code, answer.Message));
        var entry = Assert.Single(app.Warnings);
        Assert.Equal((LogLevel.Error, "GET /api/v2.0/x failed."), (entry.Level, entry.Message));
        Assert.IsType<InvalidOperationException>(entry.Exception);
    }

    [Fact]
    public async Task A_refusal_that_is_our_own_fault_is_masked_too()
    {
        await using var app = await ThrowingAsync(() => new RegistryException(new ErrorCode("BAD_GATEWAY", 502), "upstream said: secret", new { Secret = 42 }));

        var answer = await app.GetAsync("/api/v2.0/x");

        Assert.Equal((HttpStatusCode.BadGateway, "UNKNOWN", "internal server error"), (answer.Status, answer.Code, answer.Message));
        Assert.DoesNotContain("42", answer.Body, StringComparison.Ordinal);
    }

    public static TheoryData<string, Func<Exception>> DatabaseTroubles => new()
    {
        { "no connection", () => new NpgsqlException("Failed to connect", new SocketException((int)SocketError.ConnectionRefused)) },
        { "broken connection", () => new NpgsqlException("Exception while reading from stream", new IOException("reset")) },
        { "no free connection", () => new NpgsqlException("The connection pool has been exhausted", new TimeoutException()) },
        { "wrapped by EF", () => new InvalidOperationException("likely transient", new NpgsqlException("x", new IOException("reset"))) },
        { "too many connections", () => Postgres(PostgresErrorCodes.TooManyConnections) },
        { "starting", () => Postgres(PostgresErrorCodes.CannotConnectNow) },
        { "shutting down", () => Postgres(PostgresErrorCodes.AdminShutdown) },
        { "a standby", () => Postgres(PostgresErrorCodes.ReadOnlySqlTransaction) },
        { "said by the data layer", () => new RegistryException(ErrorCode.ServiceUnavailable, "the data is busy, try again") },
    };

    [Theory]
    [MemberData(nameof(DatabaseTroubles))]
    public async Task A_database_that_cannot_answer_now_asks_the_caller_to_come_back(string trouble, Func<Exception> thrown)
    {
        await using var app = await ThrowingAsync(thrown);

        var answer = await app.GetAsync("/api/v2.0/x");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "SERVICE_UNAVAILABLE"), (answer.Status, answer.Code));
        Assert.EndsWith("try again", answer.Message, StringComparison.Ordinal);
        Assert.InRange(int.Parse(answer.Headers["Retry-After"], null), 1, 60);
        Assert.Equal(LogLevel.Warning, Assert.Single(app.Warnings).Level);
        Assert.NotEmpty(trouble);
    }

    public static TheoryData<string, Func<Exception>> FullDisks => new()
    {
        { "file system", () => new IOException("No space left on device", 28) },
        { "file system's quota", () => new IOException("Disk quota exceeded", 122) },
        { "database", () => Postgres(PostgresErrorCodes.DiskFull) },
        { "wrapped", () => new InvalidOperationException("x", Postgres(PostgresErrorCodes.DiskFull)) },
    };

    [Theory]
    [MemberData(nameof(FullDisks))]
    public async Task A_full_disk_is_said_to_be_one(string disk, Func<Exception> thrown)
    {
        await using var app = await ThrowingAsync(thrown);

        var answer = await app.GetAsync("/api/v2.0/x");

        Assert.Equal((507, "INSUFFICIENT_STORAGE"), ((int)answer.Status, answer.Code));
        Assert.Contains("no space left", answer.Message, StringComparison.Ordinal);
        Assert.Equal(LogLevel.Error, Assert.Single(app.Warnings).Level);
        Assert.NotEmpty(disk);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.UniqueViolation, 409, "CONFLICT")]
    [InlineData(PostgresErrorCodes.ForeignKeyViolation, 412, "VIOLATE_FOREIGN_KEY_CONSTRAINT")]
    [InlineData(PostgresErrorCodes.CharacterNotInRepertoire, 400, "BAD_REQUEST")]
    [InlineData(PostgresErrorCodes.UndefinedColumn, 500, "UNKNOWN")]
    public async Task A_refusal_by_the_database_has_Harbors_status(string state, int status, string code)
    {
        await using var app = await ThrowingAsync(() => Postgres(state));

        var answer = await app.GetAsync("/api/v2.0/x");

        Assert.Equal((status, code), ((int)answer.Status, answer.Code));
        Assert.DoesNotContain("the offending row", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "BAD_REQUEST")]
    [InlineData(408, "REQUEST_TIMEOUT")]
    [InlineData(413, "REQUEST_ENTITY_TOO_LARGE")]
    [InlineData(415, "UNSUPPORTED_MEDIA_TYPE")]
    public async Task A_request_the_server_cannot_read_keeps_its_status(int status, string code)
    {
        await using var app = await ThrowingAsync(() => new BadHttpRequestException("too much", status));

        var answer = await app.GetAsync("/api/v2.0/x");

        Assert.Equal((status, code, "too much"), ((int)answer.Status, answer.Code, answer.Message));
        Assert.Empty(app.Warnings);
    }

    [Fact]
    public async Task Headers_that_a_gate_set_survive_and_those_of_the_lost_content_do_not()
    {
        await using var app = await RunningApp.StartAsync(routes => routes.MapGet("/v2/x", string (HttpContext http) =>
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"harbor\"";
            http.Response.Headers.ETag = "\"x\"";
            http.Response.ContentType = "application/octet-stream";
            http.Response.ContentLength = 5;
            throw new RegistryException(ErrorCode.Unauthorized, "unauthorized");
        }));

        var answer = await app.GetAsync("/v2/x");

        Assert.Equal("Basic realm=\"harbor\"", answer.Headers["WWW-Authenticate"]);
        Assert.DoesNotContain("ETag", answer.Headers.Keys);
        Assert.Equal("UNAUTHORIZED", answer.Code);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_broken_off_not_ended()
    {
        await using var app = await RunningApp.StartAsync(routes => routes.MapGet("/v2/x", async (HttpContext http) =>
        {
            await http.Response.WriteAsync("half", CancellationToken.None);
            await http.Response.Body.FlushAsync(CancellationToken.None);
            throw new InvalidOperationException("the other half is gone");
        }));

        await Assert.ThrowsAsync<HttpRequestException>(() => app.GetAsync("/v2/x"));
        Assert.Equal("GET /v2/x failed.", Assert.Single(app.Warnings).Message);
    }

    public static TheoryData<string, Func<HttpContext, Task>> Waits => new()
    {
        { "for the body", http => http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted) },
        { "for something else", http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted) },
    };

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task A_client_that_hangs_up_is_no_error(string waiting, Func<HttpContext, Task> wait)
    {
        var reached = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var app = await RunningApp.StartAsync(routes => routes.MapPost("/v2/x", async (HttpContext http) =>
        {
            reached.SetResult();
            try
            {
                await wait(http);
            }
            finally
            {
                ended.SetResult();
            }
        }));

        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, app.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync("POST /v2/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray(), TestContext.Current.CancellationToken);
            await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        }

        await ended.Task.WaitAsync(TestContext.Current.CancellationToken);
        await app.GetAsync("/api/other");
        Assert.Empty(app.Warnings);
        Assert.NotEmpty(waiting);
    }

    [Fact]
    public async Task An_unknown_path_and_a_wrong_verb_under_the_api_are_told_apart()
    {
        await using var app = await RunningApp.StartAsync(routes => routes.MapPost("/api/v2.0/x", () => "").AllowAnyone());

        var missing = await app.GetAsync("/api/v2.0/no%20where");
        var wrong = await app.GetAsync("/api/v2.0/x");
        var portal = await app.GetAsync("/nowhere");

        Assert.Equal((HttpStatusCode.NotFound, "NOT_FOUND", "path /api/v2.0/no%20where was not found"), (missing.Status, missing.Code, missing.Message));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "METHOD_NOT_ALLOWED"), (wrong.Status, wrong.Code));
        Assert.Contains("POST", wrong.Message, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, ""), (portal.Status, portal.Body));
    }

    [Theory]
    [InlineData("/api/v2.0/x?a=b;c=d")]
    [InlineData("/api/v2.0/x?a=%zz")]
    [InlineData("/api/v2.0/x?a=%")]
    [InlineData("/api/v2.0/x?a=1%2")]
    public async Task A_query_that_does_not_parse_is_refused(string target)
    {
        await using var app = await RunningApp.StartAsync(routes => routes.MapGet("/api/v2.0/x", () => "").AllowAnyone());

        var answer = await RawAsync(app, target);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("BAD_REQUEST", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//api///v2.0//x", "/api/v2.0/x")]
    [InlineData("/api/v2.0/x?q=a%3Bb//c%25", "/api/v2.0/x")]
    public async Task Repeated_slashes_in_a_path_count_once(string target, string path)
    {
        await using var app = await RunningApp.StartAsync(routes =>
            routes.MapGet("/api/v2.0/x", (HttpContext http) => "path=" + http.Request.Path).AllowAnyone());

        Assert.Contains("path=" + path, await RawAsync(app, target), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_has_a_request_id()
    {
        await using var app = await ThrowingAsync(() => new InvalidOperationException("x"));

        var failed = await app.GetAsync("/api/v2.0/x");
        var missing = await app.GetAsync("/nowhere");
        var named = await app.GetAsync("/api/v2.0/x", null, ("X-Request-Id", "my-id/7"));

        Assert.True(Guid.TryParse(failed.Headers["X-Request-Id"], out _));
        Assert.True(Guid.TryParse(missing.Headers["X-Request-Id"], out _));
        Assert.NotEqual(failed.Headers["X-Request-Id"], missing.Headers["X-Request-Id"]);
        Assert.Equal("my-id/7", named.Headers["X-Request-Id"]);
    }

    [Fact]
    public async Task A_request_id_that_is_too_long_or_not_printable_is_replaced()
    {
        await using var app = await RunningApp.StartAsync(routes => routes.MapGet("/x", () => ""));

        foreach (var bad in (string[])[new string('a', 129), "a b", "a\tb"])
        {
            var answer = await app.GetAsync("/x", null, ("X-Request-Id", bad));

            Assert.True(Guid.TryParse(answer.Headers["X-Request-Id"], out _));
        }
    }

    private static Task<RunningApp> ThrowingAsync(Func<Exception> thrown) =>
        RunningApp.StartAsync(routes => routes.MapGet("/api/v2.0/x", string () => throw thrown()).AllowAnyone());

    private static PostgresException Postgres(string state) => new("the offending row", "ERROR", "ERROR", state);

    /// <summary>Sends a request line as it stands: HttpClient would mend it.</summary>
    private static async Task<string> RawAsync(RunningApp app, string target)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, app.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
