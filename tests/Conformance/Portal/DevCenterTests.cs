using System.Net.Http.Json;
using System.Text.Json;
using Harbor.Support;
using Microsoft.Playwright;
using Xunit;

namespace Harbor.Conformance.Portal;

/// <summary>The page of the API, in a real browser: what is clicked there is done, and nothing goes wrong in the console.</summary>
public sealed class DevCenterTests : IAsyncLifetime
{
    private const string SignIn = """
        async credentials => {
            const header = 'X-Harbor-CSRF-Token';
            await fetch('/api/v2.0/systeminfo');
            const token = (await fetch('/api/v2.0/systeminfo')).headers.get(header);
            return (await fetch('/c/login', { method: 'POST', body: new URLSearchParams(credentials), headers: { [header]: token } })).status;
        }
        """;

    private readonly List<string> complaints = [];
    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task A_write_that_is_clicked_with_a_session_is_done()
    {
        var chromium = Requires.Program("chromium");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = ["--no-sandbox"] });
        var page = await OpenAsync(browser);
        await page.GotoAsync("/devcenter-api-2.0");
        Assert.Equal(200, await page.EvaluateAsync<int>(SignIn, new { principal = "admin", password = TestHarbor.AdminPassword }));
        await page.ReloadAsync();

        var operation = page.Locator("#CreateLabel");
        await operation.Locator("summary").ClickAsync();
        await operation.Locator("textarea").FillAsync("""{"name": "clicked", "color": "#48960C", "scope": "g"}""");
        await operation.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Send" }).ClickAsync();
        await Assertions.Expect(operation.Locator("[aria-live] pre").First).ToContainTextAsync("201 Created");

        var labels = await harbor.Admin.GetFromJsonAsync<JsonElement>("/api/v2.0/labels?scope=g&name=clicked", TestContext.Current.CancellationToken);
        Assert.Equal("#48960C", Assert.Single(labels.EnumerateArray()).GetProperty("color").GetString());
        Assert.Empty(complaints);
    }

    private async Task<IPage> OpenAsync(IBrowser browser)
    {
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { BaseURL = harbor.Url.ToString() });
        page.PageError += (_, error) => Complain(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complain($"{message.Type}: {message.Text} {message.Location}");
            }
        };
        return page;
    }

    private void Complain(string text)
    {
        lock (complaints)
        {
            complaints.Add(text);
        }
    }
}
