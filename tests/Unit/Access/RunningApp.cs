using System.Net;
using System.Text.Json;
using Harbor.Modules.Access;
using Harbor.Modules.Access.Csrf;
using Harbor.Platform.Http;
using Harbor.Platform.Settings;
using Harbor.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Harbor.Unit.Access;

/// <summary>The edge and the guards in front of routes of a test's own, on a free loopback port.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly CapturedLogs logs;

    private RunningApp(WebApplication app, CapturedLogs logs)
    {
        this.app = app;
        this.logs = logs;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    /// <summary>What was logged at warning level and above.</summary>
    public IReadOnlyList<CapturedLogs.Entry> Warnings => [.. logs.Entries.Where(entry => entry.Level >= LogLevel.Warning)];

    public FakeProjectDirectory Projects => (FakeProjectDirectory)app.Services.GetRequiredService<IProjectDirectory>();

    /// <summary>Callers name themselves in the header <c>Test-User</c>: <c>id name</c>, and <c>admin</c> as a third word.</summary>
    public static async Task<RunningApp> StartAsync(Action<IEndpointRouteBuilder> map)
    {
        var logs = new CapturedLogs();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services.AddSingleton<IProjectDirectory, FakeProjectDirectory>();
        builder.Services.AddSingleton<IAuthenticator, HeaderAuthenticator>();
        builder.Services.AddSingleton<ReadOnlyMode>(_ => ValueTask.FromResult(false));
        var options = new HarborOptions { DataDirectory = "/nowhere", CsrfKey = new Secret("0123456789abcdef0123456789abcdef") };
        var csrf = new CsrfKey(options, (make, _) => Task.FromResult(make()));
        await csrf.RunAsync(CancellationToken.None);
        builder.Services.AddSingleton(options).AddSingleton(TimeProvider.System).AddSingleton(csrf).AddSingleton<CsrfTokens>();
        var app = builder.Build();
        app.UseHttpEdge();
        app.UseRouting();
        app.UseAccess();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningApp(app, logs);
    }

    public Task<Answer> GetAsync(string path, string? user = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, user, content: null, headers);

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? user, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (user is not null)
        {
            request.Headers.Add("Test-User", user);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }

    public sealed record Answer(HttpStatusCode Status, string Body, Dictionary<string, string> Headers)
    {
        public string Code => Error().GetProperty("code").GetString()!;

        public string Message => Error().GetProperty("message").GetString()!;

        public static async Task<Answer> ReadAsync(HttpResponseMessage response)
        {
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var headers = response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
            return new Answer(response.StatusCode, body, headers);
        }

        private JsonElement Error() => Assert.Single(JsonDocument.Parse(Body).RootElement.GetProperty("errors").EnumerateArray());
    }

    private sealed class HeaderAuthenticator(IProjectDirectory projects) : IAuthenticator
    {
        public AuthenticationStep Step => AuthenticationStep.Basic;

        public ValueTask<SecurityContext?> AuthenticateAsync(HttpContext http, CancellationToken ct) =>
            ValueTask.FromResult<SecurityContext?>(http.Request.Headers["Test-User"].ToString().Split(' ') is [var id, var name, .. var rest]
                ? new UserContext(long.Parse(id, null), name, rest is ["admin"], projects)
                : null);
    }
}
