using System.Text.Json.Nodes;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Configuration;

/// <summary>Passwords of other systems are kept for use and for nothing else.</summary>
public sealed class SecretTests
{
    private static readonly (string Name, string Value)[] Secrets =
        [("ldap_search_password", "marked-ldap-9f8e7d"), ("oidc_client_secret", "marked-oidc-1a2b3c"), ("uaa_client_secret", "marked-uaa-5d5d5d")];

    [Fact]
    public async Task Secrets_are_in_no_answer_no_log_and_not_readable_in_the_database()
    {
        await using var harbor = await TestHarbor.StartAsync();
        var wanted = new JsonObject(Secrets.Select(secret => KeyValuePair.Create<string, JsonNode?>(secret.Name, secret.Value)));

        Assert.Equal("200", await harbor.Admin.ConfigureAsync(wanted));
        wanted["token_expiration"] = 0;
        Assert.StartsWith("400", await harbor.Admin.ConfigureAsync(wanted), StringComparison.Ordinal);
        wanted["token_expiration"] = "0";
        Assert.StartsWith("422", await harbor.Admin.ConfigureAsync(wanted), StringComparison.Ordinal);

        var shown = (await harbor.Admin.SettingsAsync()).ToJsonString();
        var stored = (string)(await harbor.Database.QueryAsync("SELECT string_agg(name || '=' || value, ';') FROM setting"))!;
        var logged = string.Join('\n', harbor.Logs.Entries.Select(entry => $"{entry.Message} {entry.Exception}"));
        foreach (var (name, value) in Secrets)
        {
            // The client secret of UAA is no secret to administrators, as in Harbor.
            Assert.Equal(name == "uaa_client_secret", shown.Contains(value, StringComparison.Ordinal));
            Assert.Contains($"{name}=", stored, StringComparison.Ordinal);
            Assert.DoesNotContain(value, stored, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value)), stored, StringComparison.Ordinal);
            Assert.DoesNotContain(value, logged, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_secret_moved_to_another_setting_does_not_open_there()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await harbor.SetAsync("oidc_client_secret", "marked-oidc-1a2b3c");
        await harbor.Database.QueryAsync("INSERT INTO setting (name, value) SELECT 'uaa_client_secret', value FROM setting WHERE name = 'oidc_client_secret'");
        await using var replica = await harbor.ReplicaAsync();

        Assert.Equal("\"\"", await replica.Admin.SettingAsync("uaa_client_secret"));
    }
}
