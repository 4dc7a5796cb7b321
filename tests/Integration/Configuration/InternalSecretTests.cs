using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Integration.Identity;
using Harbor.Platform.Data;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Configuration;

/// <summary>Other parts of an installation: what they may do by their secret, and what they are told of the settings.</summary>
public sealed class InternalSecretTests : IAsyncLifetime
{
    private const string Core = "core-secret-0123456789";
    private const string JobService = "jobservice-secret-0123456789";
    private const string Path = "/api/v2.0/internalconfig";

    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync(new TestHarborOptions { InternalSecrets = (Core, JobService) });

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Theory]
    [InlineData(Core)]
    [InlineData(JobService)]
    public async Task Its_bearer_may_do_everything_and_is_no_user(string secret)
    {
        var part = harbor.ClientWithInternalSecret(secret);
        var project = await harbor.ProjectAsync();

        await ApiClient.JsonAsync(part, Path);
        await ApiClient.JsonAsync(part, ConfigurationClient.Path);
        await ApiClient.JsonAsync(part, "/api/v2.0/users");
        await ApiClient.JsonAsync(part, $"/api/v2.0/projects/{project}/members");
        Assert.Contains(project, (await ApiClient.JsonAsync(part, "/api/v2.0/projects?page_size=100")).Names());
        Assert.Equal("200", await part.ConfigureAsync("oidc_name", "by a part"));
        Assert.Contains("harbor_version", (await ApiClient.JsonAsync(part, "/api/v2.0/systeminfo")).AsObject().Select(field => field.Key));
        Assert.StartsWith("412 PRECONDITION", await part.GetAsync("/api/v2.0/users/current").ToldAsync(), StringComparison.Ordinal);
        Assert.Equal("403 FORBIDDEN forbidden", await part.GetAsync("/api/v2.0/projects/missing").ToldAsync());   // not a system administrator
        Assert.Equal(200, (int)(await part.GetAsync("/v2/")).StatusCode);
    }

    [Theory]
    [InlineData("core-secret-0123456788")]
    [InlineData("core-secret-0123456789x")]
    [InlineData("CORE-SECRET-0123456789")]
    [InlineData("x")]
    public async Task A_wrong_secret_wins_over_everything_else_that_is_shown_and_permits_nothing(string secret)
    {
        using var browser = new Browser(harbor);
        await browser.SignInAsync("admin", TestHarbor.AdminPassword);
        var open = await harbor.ProjectAsync(isPublic: true);
        var impostor = harbor.ClientWithInternalSecret(secret);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v2.0/users/current");
        request.Headers.Add("Cookie", $"sid={browser.SessionCookie}");
        Assert.StartsWith("401", await impostor.SendAsync(request).ToldAsync(), StringComparison.Ordinal);
        Assert.Equal("401 UNAUTHORIZED unauthorized", await impostor.GetAsync(Path).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await impostor.GetAsync(ConfigurationClient.Path).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await impostor.GetAsync($"/api/v2.0/projects/{open}").ToldAsync());
        Assert.DoesNotContain("harbor_version", (await ApiClient.JsonAsync(impostor, "/api/v2.0/systeminfo")).AsObject().Select(field => field.Key));
    }

    [Fact]
    public async Task Nobody_has_a_secret_where_none_was_set()
    {
        await using var plain = await TestHarbor.StartAsync();

        Assert.Equal("401 UNAUTHORIZED unauthorized", await plain.ClientWithInternalSecret(Core).GetAsync(Path).ToldAsync());
        using var bare = new HttpRequestMessage(HttpMethod.Get, Path);
        bare.Headers.TryAddWithoutValidation("Authorization", "Harbor-Secret ");
        Assert.Equal("401 UNAUTHORIZED unauthorized", await plain.Anonymous.SendAsync(bare).ToldAsync());
    }

    [Fact]
    public async Task Administrators_are_no_part_of_the_installation() =>
        Assert.Equal("401 UNAUTHORIZED unauthorized", await harbor.Admin.GetAsync(Path).ToldAsync());

    [Fact]
    public async Task A_part_is_told_every_setting_secrets_included()
    {
        await harbor.SetAsync("ldap_search_password", "for-the-part-only");

        var told = (await ApiClient.JsonAsync(harbor.ClientWithInternalSecret(JobService), Path)).AsObject();

        var url = harbor.Url.GetLeftPart(UriPartial.Authority);
        var user = SettingRow.All.Append(new SettingRow("scan_all_policy", "\"\"", false, true, null)).ToDictionary(row => row.Name, row => row.Name == "ldap_search_password" ? "\"for-the-part-only\"" : row.DefaultNode.ToJsonString());
        var system = SystemRow.All.ToDictionary(row => row.Name, row => row.Value == "?" ? "?" : row.Value.Replace("URL", url, StringComparison.Ordinal));
        var actual = told.ToDictionary(each => each.Key, each => system.GetValueOrDefault(each.Key) == "?" ? "?" : each.Value!["value"]!.ToJsonString());
        Assert.Equal(user.Concat(system).OrderBy(each => each.Key, StringComparer.Ordinal), actual.OrderBy(each => each.Key, StringComparer.Ordinal));
        Assert.All(told, setting => Assert.True((bool)setting.Value!["editable"]!));
        Assert.Equal(harbor.Database.Name, (string)told["postgresql_database"]!["value"]!);
        Assert.Equal(System.Text.Json.JsonValueKind.Number, told["postgresql_max_open_conns"]!["value"]!.GetValueKind());
    }

    [Fact]
    public async Task Settings_of_the_installation_come_from_their_variables()
    {
        var given = SystemRow.All.Where(row => row.Given is not null).ToList();
        await using var told = await TestHarbor.StartAsync(new TestHarborOptions
        {
            InternalSecrets = (Core, null),
            ExternalUrl = new Uri("https://registry.example.com:8443/"),
            Variables = given.ToDictionary(row => row.Variable, row => row.Given!),
        });

        var settings = (await ApiClient.JsonAsync(told.ClientWithInternalSecret(Core), Path)).AsObject();

        Assert.All(given, row => Assert.Equal((row.Name, row.Given), (row.Name, Text(settings[row.Name]!["value"]!))));
        Assert.Equal("https://registry.example.com:8443/service/token", (string)settings["token_service_url"]!["value"]!);
    }

    [Theory]
    [InlineData("MAX_JOB_WORKERS", "many", "MAX_JOB_WORKERS must be a whole number from 0 to 9223372036854775807.")]
    [InlineData("METRIC_PORT", "70000", "METRIC_PORT must be a whole number from 1 to 65535.")]
    [InlineData("WITH_TRIVY", "perhaps", "WITH_TRIVY must be true or false.")]
    [InlineData("TRACE_SAMPLE_RATE", "2", "TRACE_SAMPLE_RATE must be a number from 0 to 1.")]
    public async Task A_variable_that_makes_no_sense_keeps_the_registry_from_starting(string variable, string value, string said)
    {
        var refused = await Assert.ThrowsAsync<StartupException>(() => TestHarbor.StartAsync(new TestHarborOptions { Variables = new Dictionary<string, string> { [variable] = value } }));

        Assert.Equal(said, refused.Message);
    }

    private static string Text(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)value! : value.ToJsonString();
}
