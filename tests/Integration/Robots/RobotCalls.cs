using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Robots;

/// <summary>Quick ways to robots for the tests.</summary>
internal static class RobotCalls
{
    public const string RobotsPath = "/api/v2.0/robots";

    /// <param name="access">Such as <c>repository:pull</c>, or <c>repository:pull:deny</c>.</param>
    public static Dictionary<string, object?> InProject(string project, params string[] access) => Permission("project", project, access);

    public static Dictionary<string, object?> InSystem(params string[] access) => Permission("system", "/", access);

    public static Dictionary<string, object?> Permission(string? kind, string? place, params string[] access) => new()
    {
        ["kind"] = kind,
        ["namespace"] = place,
        ["access"] = access.Select(each =>
        {
            var words = each.Split(':');
            var said = new Dictionary<string, string> { ["resource"] = words[0], ["action"] = words[1] };
            if (words.Length > 2)
            {
                said["effect"] = words[2];
            }

            return said;
        }).ToArray(),
    };

    public static Dictionary<string, object?> Request(string name, string level, params Dictionary<string, object?>[] permissions) => new()
    {
        ["name"] = name,
        ["description"] = "made by a test",
        ["level"] = level,
        ["duration"] = -1,
        ["permissions"] = permissions,
    };

    public static Task<HttpResponseMessage> CreateAsync(this HttpClient client, Dictionary<string, object?> request) =>
        client.CallAsync(HttpMethod.Post, RobotsPath, request);

    /// <summary>A robot of a project.</summary>
    public static Task<MadeRobot> RobotAsync(this ApiFixture api, string project, params string[] access) =>
        MakeAsync(api.Harbor, api.Admin, Request(ApiFixture.Unique("robot"), "project", InProject(project, access)));

    /// <summary>A robot of the system.</summary>
    public static Task<MadeRobot> RobotAsync(this ApiFixture api, params Dictionary<string, object?>[] permissions) =>
        MakeAsync(api.Harbor, api.Admin, Request(ApiFixture.Unique("robot"), "system", permissions));

    public static async Task<MadeRobot> MakeAsync(TestHarbor harbor, HttpClient creator, Dictionary<string, object?> request)
    {
        using var made = await creator.CreateAsync(request);
        var body = await made.BodyAsync();
        Assert.True(made.IsSuccessStatusCode, $"{(int)made.StatusCode} {body}");
        var shown = JsonNode.Parse(body)!;
        var (name, secret) = ((string)shown["name"]!, (string)shown["secret"]!);
        return new MadeRobot((long)shown["id"]!, name, secret, harbor.ClientAs(name, secret));
    }

    /// <summary>What a PUT takes, made of what a GET shows.</summary>
    public static async Task<JsonObject> ShownAsync(this HttpClient client, MadeRobot robot) => (await client.JsonAsync(robot.Url)).AsObject();

    public static async Task<int> StatusAsync(this HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var answer = await client.CallAsync(method, path, body);
        return (int)answer.StatusCode;
    }

    public static Task<int> StatusAsync(this HttpClient client, string path) => client.StatusAsync(HttpMethod.Get, path);

    /// <summary>Whether the caller is who he says; the answer takes a moment when he is not.</summary>
    public static async Task<bool> IsKnownAsync(this HttpClient client) => await client.StatusAsync("/v2/") == 200;
}

internal sealed record MadeRobot(long Id, string Name, string Secret, HttpClient Client)
{
    public string Url => $"{RobotCalls.RobotsPath}/{Id}";
}
