using Harbor.Integration.Identity;
using Harbor.Platform.Data;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Configuration;

/// <summary>Settings that the operator fixes in the environment.</summary>
public sealed class OverwriteTests
{
    [Fact]
    public async Task What_the_environment_says_stands_and_nobody_changes_it()
    {
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions
        {
            ConfigOverwrite = """
                {"auth_mode": "db_auth", "token_expiration": 45, "session_timeout": "15", "self_registration": true, "oidc_client_secret": "hidden-1",
                 "oidc_extra_redirect_parms": {"b": "2", "a": "1"}, "pull_count_update_disable": true, "scan_all_policy": {"type": "none"}}
                """,
        });

        var shown = await harbor.Admin.SettingsAsync();

        Assert.All(shown.Where(setting => setting.Key != "scan_all_policy"), setting => Assert.False((bool)setting.Value!["editable"]!));
        Assert.Equal(
            ("45", "15", "true", """{"a":"1","b":"2"}"""),
            (shown["token_expiration"]!["value"]!.ToJsonString(), shown["session_timeout"]!["value"]!.ToJsonString(), shown["self_registration"]!["value"]!.ToJsonString(), (string)shown["oidc_extra_redirect_parms"]!["value"]!));
        Assert.Equal("true", await harbor.Database.QueryAsync("SELECT value FROM setting WHERE name = 'pull_count_update_disable'"));
        Assert.StartsWith("403 FORBIDDEN", await harbor.ConfigureAsync("read_only", true), StringComparison.Ordinal);
        Assert.StartsWith("403 FORBIDDEN", await harbor.ConfigureAsync("token_expiration", 45), StringComparison.Ordinal);
        Assert.Equal("false", await harbor.Admin.SettingAsync("read_only"));
    }

    [Fact]
    public async Task A_second_start_says_the_same_and_without_the_variable_the_values_stay_and_may_be_changed()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var folder = new TemporaryDirectory();
        TestHarborOptions Options(string? overwrite) => new() { Database = database, DataDirectory = folder.Path, ConfigOverwrite = overwrite };
        await using (var first = await TestHarbor.StartAsync(Options("""{"auth_mode":"db_auth","ldap_uid":"mail"}""")))
        {
            await first.UserAsync("somebody");
        }

        await using (await TestHarbor.StartAsync(Options("""{"auth_mode":"db_auth","ldap_uid":"uid"}""")))
        {
        }

        await using var last = await TestHarbor.StartAsync(Options(null));
        Assert.Equal("\"uid\"", await last.Admin.SettingAsync("ldap_uid"));
        await last.SetAsync("ldap_uid", "cn");
    }

    [Theory]
    [InlineData("{", "CONFIG_OVERWRITE_JSON is not well-formed JSON.")]
    [InlineData("[]", "CONFIG_OVERWRITE_JSON is not a JSON object of settings.")]
    [InlineData("""{"token_expiration":"s3cret"}""", "CONFIG_OVERWRITE_JSON: token_expiration must be a whole number from 1 to 9999999999.")]
    [InlineData("""{"oidc_extra_redirect_parms":{"a":1}}""", "CONFIG_OVERWRITE_JSON: oidc_extra_redirect_parms must be a JSON object whose values are texts.")]
    [InlineData("""{"tokenexpiration":1}""", "CONFIG_OVERWRITE_JSON: there is no setting tokenexpiration.")]
    [InlineData("""{"ext_endpoint":"https://s3cret"}""", "CONFIG_OVERWRITE_JSON: ext_endpoint cannot be changed there; it comes from its own environment variable.")]
    [InlineData("""{"POSTGRESQL_PASSWORD":"s3cret"}""", "CONFIG_OVERWRITE_JSON: POSTGRESQL_PASSWORD cannot be changed there; it comes from its own environment variable.")]
    [InlineData("""{"skip_audit_log_database":true}""", "CONFIG_OVERWRITE_JSON: audit_log_forward_endpoint must not be empty while skip_audit_log_database is true: audit records would go nowhere.")]
    public async Task What_cannot_be_used_keeps_the_registry_from_starting_and_says_why_without_the_value(string overwrite, string said)
    {
        var refused = await Assert.ThrowsAsync<StartupException>(() => TestHarbor.StartAsync(new TestHarborOptions { ConfigOverwrite = overwrite }));

        Assert.Equal(said, refused.Message);
    }

    [Fact]
    public async Task The_environment_cannot_lock_users_out_either()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await harbor.UserAsync("somebody");

        var refused = await Assert.ThrowsAsync<StartupException>(() => TestHarbor.StartAsync(
            new TestHarborOptions { Database = harbor.Database, DataDirectory = harbor.DataDirectory, ConfigOverwrite = """{"auth_mode":"ldap_auth"}""" }));

        Assert.StartsWith("CONFIG_OVERWRITE_JSON: auth_mode cannot be changed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skipping_the_audit_log_is_taken_from_the_environment_once()
    {
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions { SkipAuditLogDatabase = true });
        Assert.Equal("true", await harbor.Admin.SettingAsync("skip_audit_log_database"));
        await harbor.SetAsync("skip_audit_log_database", false);

        await using var again = await TestHarbor.StartAsync(
            new TestHarborOptions { Database = harbor.Database, DataDirectory = harbor.DataDirectory, SkipAuditLogDatabase = true });

        Assert.Equal("false", await again.Admin.SettingAsync("skip_audit_log_database"));
    }

    [Fact]
    public async Task Other_names_of_settings_in_the_environment_have_no_say()
    {
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions { Variables = new Dictionary<string, string> { ["AUTH_MODE"] = "ldap_auth", ["READ_ONLY"] = "true" } });

        Assert.Equal(("\"db_auth\"", "false"), (await harbor.Admin.SettingAsync("auth_mode"), await harbor.Admin.SettingAsync("read_only")));
    }
}
