using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Harbor.Conformance.Registry;

/// <summary>Makes robot accounts by the management API.</summary>
internal static class Robots
{
    /// <summary>A robot of the repository's project; its login name and secret.</summary>
    /// <param name="access">Such as <c>repository:pull</c>.</param>
    public static Task<(string Name, string Secret)> RobotAsync(this TestRepository repository, string name, params string[] access) =>
        MakeAsync(repository, name, "project", repository.Project, access);

    /// <summary>A robot of the system that was given something in one project, or in every one.</summary>
    public static Task<(string Name, string Secret)> SystemRobotAsync(this TestRepository repository, string name, string project, params string[] access) =>
        MakeAsync(repository, name, "system", project, access);

    private static async Task<(string Name, string Secret)> MakeAsync(TestRepository repository, string name, string level, string project, string[] access)
    {
        var request = new Dictionary<string, object>
        {
            ["name"] = name,
            ["level"] = level,
            ["duration"] = 30,
            ["permissions"] = new[]
            {
                new Dictionary<string, object>
                {
                    ["kind"] = "project",
                    ["namespace"] = project,
                    ["access"] = access.Select(each => each.Split(':')).Select(each => new Dictionary<string, string> { ["resource"] = each[0], ["action"] = each[1] }).ToArray(),
                },
            },
        };
        using var made = await repository.Harbor.Admin.PostAsJsonAsync("/api/v2.0/robots", request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var shown = await made.Content.ReadFromJsonAsync<JsonElement>();
        return (shown.GetProperty("name").GetString()!, shown.GetProperty("secret").GetString()!);
    }
}
