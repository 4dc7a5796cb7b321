using System.Net;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>Keeps cookies and the last CSRF token seen, as the portal in a browser does.</summary>
internal sealed class Browser : IDisposable
{
    private readonly SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseProxy = false };
    private readonly HttpClient client;

    public Browser(TestHarbor harbor)
    {
        client = new HttpClient(handler) { BaseAddress = harbor.Url };
    }

    /// <summary>The token that the next write sends; null: none.</summary>
    public string? CsrfToken { get; set; }

    public string? SessionCookie => Cookie("sid");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string? Cookie(string name) => handler.CookieContainer.GetCookies(client.BaseAddress!).FirstOrDefault(cookie => cookie.Name == name)?.Value;

    public void SetCookie(string name, string value) => handler.CookieContainer.Add(client.BaseAddress!, new Cookie(name, value, "/"));

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<HttpResponseMessage> PostFormAsync(string path, params (string Name, string Value)[] fields) =>
        SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(fields.ToDictionary(field => field.Name, field => field.Value)));

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (CsrfToken is not null)
        {
            request.Headers.Add("X-Harbor-CSRF-Token", CsrfToken);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await client.SendAsync(request, Ct);
        if (response.Headers.TryGetValues("X-Harbor-CSRF-Token", out var tokens))
        {
            CsrfToken = tokens.Single();
        }

        return response;
    }

    /// <summary>Opens the portal and signs in; answers the status.</summary>
    public async Task<HttpStatusCode> SignInAsync(string name, string password = People.Password)
    {
        using var opened = await GetAsync("/api/v2.0/projects");
        using var described = await GetAsync("/api/v2.0/projects");
        using var answer = await PostFormAsync("/c/login", ("principal", name), ("password", password));
        return answer.StatusCode;
    }

    public void Dispose()
    {
        client.Dispose();
        handler.Dispose();
    }
}
