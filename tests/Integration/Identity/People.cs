using System.Net.Http.Json;
using System.Text.Json;
using Harbor.Modules.Configuration;
using Harbor.Platform.Events;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Integration.Identity;

/// <summary>Makes users and members by the API, as an administrator does.</summary>
internal static class People
{
    public const string Password = "Secret12345";

    /// <summary>Makes a user and answers his id.</summary>
    public static async Task<long> UserAsync(this TestHarbor harbor, string name, string password = Password)
    {
        using var made = await harbor.Admin.PostAsJsonAsync("/api/v2.0/users", Request(name, password));
        made.EnsureSuccessStatusCode();
        return long.Parse(made.Headers.Location!.OriginalString.Split('/')[^1], null);
    }

    public static async Task MemberAsync(this TestHarbor harbor, string project, string user, int role)
    {
        using var made = await harbor.Admin.PostAsJsonAsync(
            $"/api/v2.0/projects/{project}/members", new Dictionary<string, object> { ["role_id"] = role, ["member_user"] = new Dictionary<string, string> { ["username"] = user } });
        made.EnsureSuccessStatusCode();
    }

    /// <summary>Makes a user group of single sign-on and answers its id.</summary>
    public static async Task<long> GroupAsync(this TestHarbor harbor, string name)
    {
        using var made = await harbor.Admin.PostAsJsonAsync("/api/v2.0/usergroups", new { group_name = name, group_type = 3 });
        made.EnsureSuccessStatusCode();
        return long.Parse(made.Headers.Location!.OriginalString.Split('/')[^1], null);
    }

    /// <summary>Makes a group a member of a project and answers the membership's id.</summary>
    public static async Task<long> GroupMemberAsync(this TestHarbor harbor, string project, long group, int role)
    {
        using var made = await harbor.Admin.PostAsJsonAsync($"/api/v2.0/projects/{project}/members", new { role_id = role, member_group = new { id = group } });
        made.EnsureSuccessStatusCode();
        return long.Parse(made.Headers.Location!.OriginalString.Split('/')[^1], null);
    }

    /// <summary>Changes a setting, in force for this server at once.</summary>
    public static async Task SetAsync(this TestHarbor harbor, string name, string value)
    {
        await harbor.Database.QueryAsync($"INSERT INTO setting (name, value) VALUES ('{name}', '{value}') ON CONFLICT (name) DO UPDATE SET value = excluded.value");
        harbor.Services.GetRequiredService<ChangeFeed>().EvictLocally(Settings.CacheKey);
    }

    public static Dictionary<string, object?> Request(string name, string? password = Password) => new()
    {
        ["username"] = name,
        ["password"] = password,
        ["email"] = $"{name}@example.com",
        ["realname"] = $"The {name}",
        ["comment"] = "made by a test",
    };

    public static async Task<JsonElement> JsonAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Status, and code and message of the error envelope, such as <c>403 FORBIDDEN dev</c>.</summary>
    public static async Task<string> ToldAsync(this HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        if (body.Length == 0 || !body.StartsWith("""{"errors":""", StringComparison.Ordinal))
        {
            return $"{(int)response.StatusCode} {body}".TrimEnd();
        }

        var error = JsonDocument.Parse(body).RootElement.GetProperty("errors")[0];
        return $"{(int)response.StatusCode} {error.GetProperty("code")} {error.GetProperty("message")}";
    }

    public static async Task<string> ToldAsync(this Task<HttpResponseMessage> sending)
    {
        using var response = await sending;
        return await response.ToldAsync();
    }
}
