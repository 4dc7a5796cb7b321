using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Integration.Identity;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Configuration;

/// <summary>What administrators see of the settings, and what they can do to them.</summary>
public sealed class ConfigurationTests : IAsyncLifetime, IDisposable
{
    private readonly TcpListener collector = new(IPAddress.Loopback, 0);

    private TestHarbor harbor = null!;

    private string CollectorAddress => $"127.0.0.1:{((IPEndPoint)collector.LocalEndpoint).Port}";

    public async ValueTask InitializeAsync()
    {
        collector.Start();
        harbor = await TestHarbor.StartAsync();
    }

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    public void Dispose() => collector.Dispose();

    [Fact]
    public async Task A_new_registry_shows_every_setting_that_is_to_be_shown_with_its_default()
    {
        var shown = await harbor.Admin.SettingsAsync();

        var expected = SettingRow.All.Where(row => row.Get).ToDictionary(row => row.Name, row => $$"""{"value":{{row.DefaultNode.ToJsonString()}},"editable":true}""");
        expected["scan_all_policy"] = "{}";
        Assert.Equal(expected.OrderBy(each => each.Key, StringComparer.Ordinal), shown.ToDictionary(each => each.Key, each => each.Value!.ToJsonString()).OrderBy(each => each.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_setting_that_may_be_set_is_shown_as_it_was_set()
    {
        var wanted = new JsonObject();
        foreach (var row in SettingRow.All.Where(row => row.Put))
        {
            wanted[row.Name] = row.Name == "audit_log_forward_endpoint" ? CollectorAddress : JsonNode.Parse(row.Other!);
        }

        Assert.Equal("200", await harbor.Admin.ConfigureAsync(wanted));

        var shown = await harbor.Admin.SettingsAsync();
        foreach (var row in SettingRow.All.Where(row => row.Put && row.Get))
        {
            Assert.Equal($"{row.Name} {wanted[row.Name]!.ToJsonString()}", $"{row.Name} {shown[row.Name]!["value"]!.ToJsonString()}");
        }

        // And back, one by one; what must not be blank cannot go back to "".
        foreach (var row in SettingRow.All.Where(row => row.Put && row.Name is not ("audit_log_forward_endpoint" or "ldap_url" or "ldap_base_dn" or "ldap_group_attribute_name")))
        {
            Assert.Equal($"{row.Name} 200", $"{row.Name} {await harbor.ConfigureAsync(row.Name, row.DefaultNode)}");
        }

        Assert.Equal("200", await harbor.ConfigureAsync("audit_log_forward_endpoint", ""));
        Assert.Equal("200", await harbor.ConfigureAsync("ldap_group_attribute_name", ""));
    }

    [Fact]
    public async Task A_value_of_another_json_type_is_unprocessable_and_changes_nothing()
    {
        var before = (await harbor.Admin.SettingsAsync()).ToJsonString();
        foreach (var row in SettingRow.All.Where(row => row.Put))
        {
            JsonNode?[] wrong = row.DefaultNode.GetValueKind() switch
            {
                JsonValueKind.String => [1, true, new JsonObject(), new JsonArray()],
                JsonValueKind.Number => ["1", 1.5, true, JsonNode.Parse("99999999999999999999")],
                _ => ["true", 1, new JsonObject()],
            };
            foreach (var value in wrong)
            {
                Assert.StartsWith("422 UNPROCESSABLE_ENTITY", await harbor.ConfigureAsync(row.Name, value), StringComparison.Ordinal);
            }
        }

        Assert.Equal(before, (await harbor.Admin.SettingsAsync()).ToJsonString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"read_only\"")]
    [InlineData("{\"read_only\":tru")]
    public async Task A_body_that_is_no_object_is_unprocessable(string body)
    {
        using var answer = await harbor.Admin.CallTextAsync(HttpMethod.Put, ConfigurationClient.Path, body);

        Assert.Equal((422, "UNPROCESSABLE_ENTITY"), ((int)answer.StatusCode, (await answer.RefusalAsync()).Code));
    }

    [Fact]
    public async Task What_the_api_does_not_know_is_left_out_and_null_changes_nothing()
    {
        var unknown = new JsonObject { ["no_such_key"] = 1, ["scan_all_policy"] = new JsonObject(), ["read_only"] = null };
        foreach (var name in SettingRow.All.Where(row => !row.Put).Select(row => row.Name).Concat(SystemRow.All.SelectMany(row => new[] { row.Name, row.Variable })))
        {
            unknown[name] = "true";
        }

        Assert.Equal("200", await harbor.Admin.ConfigureAsync(unknown));
        Assert.Equal("200", await harbor.Admin.ConfigureAsync(new JsonObject()));

        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM setting"));
    }

    [Theory]
    [InlineData("auth_mode", "\"magic\"")]
    [InlineData("auth_mode", "\"\"")]
    [InlineData("project_creation_restriction", "\"nobody\"")]
    [InlineData("ldap_scope", "3")]
    [InlineData("ldap_scope", "-1")]
    [InlineData("ldap_group_search_scope", "3")]
    [InlineData("ldap_timeout", "-1")]
    [InlineData("ldap_url", "\"  \"")]
    [InlineData("ldap_base_dn", "\"\"")]
    [InlineData("ldap_uid", "\"\\t\"")]
    [InlineData("robot_name_prefix", "\" \"")]
    [InlineData("robot_name_prefix", "\"a:b\"")]
    [InlineData("token_expiration", "0")]
    [InlineData("token_expiration", "-5")]
    [InlineData("token_expiration", "10000000000")]
    [InlineData("session_timeout", "0")]
    [InlineData("session_timeout", "10000000000")]
    [InlineData("robot_token_duration", "0")]
    [InlineData("storage_per_project", "0")]
    [InlineData("storage_per_project", "-2")]
    [InlineData("storage_per_project", "1125899906842625")]
    [InlineData("oidc_scope", "\"email,profile\"")]
    [InlineData("oidc_group_filter", "\"(\"")]
    [InlineData("oidc_extra_redirect_parms", "\"[]\"")]
    [InlineData("oidc_extra_redirect_parms", "\"{\\\"a\\\":1}\"")]
    [InlineData("audit_log_forward_endpoint", "\"no port\"")]
    [InlineData("audit_log_forward_endpoint", "\"host:0\"")]
    [InlineData("banner_message", "\"a\\u0000b\"")]
    [InlineData("oidc_client_secret", "\"a\\u0000b\"")]
    public async Task A_value_that_the_setting_cannot_have_is_a_bad_request_and_nothing_of_it_is_kept(string name, string value)
    {
        var told = await harbor.Admin.ConfigureAsync(new JsonObject { ["oidc_name"] = "beside it", [name] = JsonNode.Parse(value) });

        Assert.StartsWith($"400 BAD_REQUEST {name} must be ", told, StringComparison.Ordinal);
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM setting"));
    }

    [Fact]
    public async Task The_prefix_of_robots_is_trimmed()
    {
        await harbor.SetAsync("robot_name_prefix", "  ci$ ");

        Assert.Equal("\"ci$\"", await harbor.Admin.SettingAsync("robot_name_prefix"));
    }

    [Fact]
    public async Task A_search_for_groups_needs_the_attributes_that_it_reads()
    {
        Assert.StartsWith("400 BAD_REQUEST ldap_group_attribute_name", await harbor.ConfigureAsync("ldap_group_search_filter", "(a=b)"), StringComparison.Ordinal);
        Assert.Equal("200", await harbor.Admin.ConfigureAsync(new JsonObject { ["ldap_group_search_filter"] = "(a=b)", ["ldap_group_attribute_name"] = "cn" }));
        Assert.StartsWith("400 BAD_REQUEST ldap_group_membership_attribute", await harbor.ConfigureAsync("ldap_group_membership_attribute", ""), StringComparison.Ordinal);
        Assert.StartsWith("400", await harbor.ConfigureAsync("ldap_group_attribute_name", ""), StringComparison.Ordinal);

        Assert.Equal("200", await harbor.Admin.ConfigureAsync(new JsonObject { ["ldap_group_search_filter"] = "", ["ldap_group_attribute_name"] = "" }));
    }

    [Fact]
    public async Task Audit_records_are_kept_somewhere_always()
    {
        Assert.StartsWith("400 BAD_REQUEST audit_log_forward_endpoint must not be empty", await harbor.ConfigureAsync("skip_audit_log_database", true), StringComparison.Ordinal);
        Assert.Equal("200", await harbor.Admin.ConfigureAsync(new JsonObject { ["skip_audit_log_database"] = true, ["audit_log_forward_endpoint"] = CollectorAddress }));
        Assert.StartsWith("400", await harbor.ConfigureAsync("audit_log_forward_endpoint", ""), StringComparison.Ordinal);

        Assert.Equal("200", await harbor.Admin.ConfigureAsync(new JsonObject { ["skip_audit_log_database"] = false, ["audit_log_forward_endpoint"] = "" }));
    }

    [Fact]
    public async Task A_collector_that_takes_no_connection_is_not_stored_but_one_that_was_stored_may_be_named_again()
    {
        var address = CollectorAddress;
        await harbor.SetAsync("audit_log_forward_endpoint", address);
        collector.Stop();

        Assert.Equal("200", await harbor.Admin.ConfigureAsync(new JsonObject { ["audit_log_forward_endpoint"] = address, ["read_only"] = false }));
        await harbor.SetAsync("audit_log_forward_endpoint", "");
        Assert.StartsWith("400 BAD_REQUEST audit_log_forward_endpoint cannot be reached", await harbor.ConfigureAsync("audit_log_forward_endpoint", address), StringComparison.Ordinal);
        Assert.StartsWith("400", await harbor.ConfigureAsync("audit_log_forward_endpoint", "collector.invalid:514"), StringComparison.Ordinal);

        Assert.Equal("\"\"", await harbor.Admin.SettingAsync("audit_log_forward_endpoint"));
    }

    [Fact]
    public async Task Writers_who_contradict_each_other_never_both_win()
    {
        await harbor.SetAsync("audit_log_forward_endpoint", CollectorAddress);
        for (var round = 0; round < 20; round++)
        {
            var told = await Task.WhenAll(harbor.ConfigureAsync("skip_audit_log_database", true), harbor.ConfigureAsync("audit_log_forward_endpoint", ""));

            Assert.Equal(1, told.Count(each => each == "200"));
            Assert.Equal("200", await harbor.Admin.ConfigureAsync(new JsonObject { ["skip_audit_log_database"] = false, ["audit_log_forward_endpoint"] = CollectorAddress }));
        }
    }

    [Fact]
    public async Task The_way_of_signing_in_is_fixed_once_there_are_users_besides_the_administrator()
    {
        await harbor.SetAsync("auth_mode", "oidc_auth");
        await harbor.SetAsync("auth_mode", "db_auth");
        var id = await harbor.UserAsync("somebody");

        Assert.Equal("400 BAD_REQUEST auth_mode cannot be changed while there are users besides admin", await harbor.ConfigureAsync("auth_mode", "ldap_auth"));
        await harbor.SetAsync("auth_mode", "db_auth");
        Assert.Equal("""{"value":"db_auth","editable":false}""", (await harbor.Admin.SettingsAsync())["auth_mode"]!.ToJsonString());
        Assert.True((bool)(await harbor.Admin.SettingsAsync())["read_only"]!["editable"]!);

        (await harbor.Admin.DeleteAsync($"/api/v2.0/users/{id}")).EnsureSuccessStatusCode();
        Assert.True((bool)(await harbor.Admin.SettingsAsync())["auth_mode"]!["editable"]!);
        await harbor.SetAsync("auth_mode", "ldap_auth");
    }

    [Fact]
    public async Task Only_administrators_see_and_change_settings()
    {
        await harbor.UserAsync("somebody");
        var somebody = harbor.ClientAs("somebody", People.Password);

        Assert.Equal("403 FORBIDDEN somebody", await somebody.GetAsync(ConfigurationClient.Path).ToldAsync());
        Assert.Equal("403 FORBIDDEN somebody", await somebody.ConfigureAsync("read_only", true));
        Assert.Equal("401 UNAUTHORIZED unauthorized", await harbor.Anonymous.GetAsync(ConfigurationClient.Path).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await harbor.Anonymous.ConfigureAsync("read_only", true));
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM setting"));
    }

    [Fact]
    public async Task What_others_wrote_into_the_table_and_makes_no_sense_counts_as_not_set()
    {
        await harbor.Database.QueryAsync("""
            INSERT INTO setting (name, value) VALUES ('token_expiration', 'soon'), ('read_only', ''), ('ldap_search_password', 'plain'), ('unheard_of', 'x');
            SELECT pg_notify('harbor_changes', 'settings')
            """);
        await using var replica = await harbor.ReplicaAsync();

        Assert.Equal(("30", "false"), (await replica.Admin.SettingAsync("token_expiration"), await replica.Admin.SettingAsync("read_only")));
    }

    [Fact]
    public async Task Every_word_of_a_text_survives()
    {
        const string Text = "{\"message\":\"Größe 日本 🚢 <b>'; DROP TABLE setting; --</b>\\n\"}";

        await harbor.SetAsync("banner_message", Text);

        Assert.Equal(Text, (string)(await harbor.Admin.SettingsAsync())["banner_message"]!["value"]!);
        Assert.Equal(Text, (string)(await Api.ApiClient.JsonAsync(harbor.Anonymous, "/api/v2.0/systeminfo"))["banner_message"]!);
    }
}
