using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Harbor.Integration.Identity;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Configuration;

/// <summary>Reads and changes settings as an administrator does.</summary>
internal static class ConfigurationClient
{
    public const string Path = "/api/v2.0/configurations";

    /// <summary>The answer to a change, such as <c>200</c> or <c>400 BAD_REQUEST ...</c>.</summary>
    public static Task<string> ConfigureAsync(this HttpClient client, JsonObject settings) => client.PutAsJsonAsync(Path, settings).ToldAsync();

    public static Task<string> ConfigureAsync(this HttpClient client, string name, JsonNode? value) => client.ConfigureAsync(new JsonObject { [name] = value });

    public static Task<string> ConfigureAsync(this TestHarbor harbor, string name, JsonNode? value) => harbor.Admin.ConfigureAsync(name, value);

    /// <summary>Changes one setting; anything but 200 fails the test.</summary>
    public static async Task SetAsync(this TestHarbor harbor, string name, JsonNode? value) => Assert.Equal("200", await harbor.ConfigureAsync(name, value));

    /// <summary>Settings as GET shows them: <c>{"value": ..., "editable": ...}</c> by name.</summary>
    public static async Task<JsonObject> SettingsAsync(this HttpClient client) => (await Api.ApiClient.JsonAsync(client, Path)).AsObject();

    public static async Task<string> SettingAsync(this HttpClient client, string name) => (await client.SettingsAsync())[name]!["value"]!.ToJsonString();
}
