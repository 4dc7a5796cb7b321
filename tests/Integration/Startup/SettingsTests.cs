using System.Net;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class SettingsTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public void Without_any_variable_the_defaults_of_the_contract_hold()
    {
        var options = HarborEnvironment.Read(null, _ => null);

        Assert.Equal(Path.GetFullPath("data"), options.DataDirectory);
        Assert.Null(options.Database);
        Assert.Null(options.ExternalUrl);
        Assert.Null(options.InitialAdminPassword);
        Assert.Equal(TimeSpan.FromHours(2), options.GarbageGrace);
        Assert.Equal(TimeSpan.FromSeconds(30), options.ShutdownTimeout);
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_an_empty_variable_is_none()
    {
        Assert.Equal("/a", HarborEnvironment.Read("/a", name => name == "HARBOR_DATA_DIR" ? "/b" : null).DataDirectory);
        Assert.Equal("/b", HarborEnvironment.Read(null, name => name == "HARBOR_DATA_DIR" ? "/b" : "").DataDirectory);
    }

    [Theory]
    [InlineData("HARBOR_EXTERNAL_URL", "registry.example.com")]
    [InlineData("HARBOR_EXTERNAL_URL", "ftp://registry.example.com")]
    [InlineData("HARBOR_EXTERNAL_URL", "https://registry.example.com/?x")]
    [InlineData("HARBOR_TRUSTED_PROXIES", "10.0.0.0/99")]
    [InlineData("HARBOR_TRUSTED_PROXIES", "proxy.example.com")]
    [InlineData("HARBOR_SHUTDOWN_TIMEOUT", "soon")]
    [InlineData("HARBOR_SHUTDOWN_TIMEOUT", "-1")]
    [InlineData("GC_TIME_WINDOW_HOURS", "1.5")]
    [InlineData("HARBOR_UPLOAD_LIFETIME_HOURS", "99999999999")]
    public void A_value_that_cannot_be_used_is_named(string variable, string value)
    {
        var refused = Assert.Throws<StartupException>(() => HarborEnvironment.Read(null, name => name == variable ? value : null));

        Assert.StartsWith(variable, refused.Message, StringComparison.Ordinal);
        Assert.Contains(value, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_prints_as_stars()
    {
        var options = HarborEnvironment.Read(null, name => name is "HARBOR_ADMIN_PASSWORD" or "HARBOR_SECRET_KEY" ? "hunter2hunter2hunter2" : null);

        Assert.Equal("*** ***", $"{options.InitialAdminPassword} {options.SecretKey}");
    }

    [Theory]
    [InlineData("none", "127.0.0.1", false)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("10.0.0.0/8, fd00::/8", "fd00::1", true)]
    public void Proxies_are_trusted_by_address_or_network(string setting, string proxy, bool trusted) =>
        Assert.Equal(trusted, TrustedProxies.Parse(setting).Any(network => network.Contains(IPAddress.Parse(proxy))));

    [Fact]
    public async Task A_proxy_that_is_not_trusted_is_not_believed()
    {
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions
        {
            DataDirectory = folder["data"],
            Environment = new Dictionary<string, string> { ["HARBOR_TRUSTED_PROXIES"] = "none" },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Forwarded-Host", "evil.example.com");

        using var response = await harbor.Client.SendAsync(request);

        Assert.DoesNotContain("evil.example.com", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_told_in_one_line()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var first = await TestHarbor.StartAsync();

        await using var second = HarborProcess.Launch(new HarborProcessOptions
        {
            DataDirectory = folder["data"],
            Database = database.ConnectionString,
            Urls = first.Url.ToString(),
            Environment = new Dictionary<string, string> { ["HARBOR_SECRET_KEY"] = TestHarbor.SecretKey },
        });

        Assert.Equal(1, await second.WaitForExitAsync());
        Assert.Contains("Choose another with --urls", Assert.Single(second.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain(second.Output, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    public void Dispose() => folder.Dispose();
}
