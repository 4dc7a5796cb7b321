using System.Globalization;
using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Platform.Jobs;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Retention;

/// <summary>A project with a retention policy, and what tests do with both.</summary>
internal sealed class RetentionProject(TestHarbor harbor, string name, long id)
{
    public const string Base = "/api/v2.0/retentions";

    public string Name => name;

    public long Id => id;

    public long PolicyId { get; private set; }

    public string Path => $"{Base}/{PolicyId}";

    public static async Task<RetentionProject> CreateAsync(TestHarbor harbor)
    {
        var name = await harbor.ProjectAsync();
        return new RetentionProject(harbor, name, (long)(await harbor.Database.QueryAsync($"SELECT id FROM project WHERE name = '{name}'"))!);
    }

    public ContentRepository Repository(string repository) => new(harbor, name, repository);

    /// <summary>Gives the project a policy that keeps the newest <paramref name="count"/> of each repository.</summary>
    public Task KeepNewestAsync(int count, string repositories = "**", string tags = "**", string cron = "") =>
        SetAsync(Rule("latestPushedK", count, repositories, tags), cron);

    public async Task SetAsync(object rule, string cron = "")
    {
        using var made = await harbor.Admin.CallAsync(HttpMethod.Post, Base, Policy(cron, rule));
        Assert.True((int)made.StatusCode == 201, await made.BodyAsync());
        PolicyId = made.IdIn();
        Assert.Equal($"{Base}/{PolicyId}", made.Headers.Location!.OriginalString);
    }

    public object Policy(string cron, params object[] rules) => new
    {
        algorithm = "or",
        scope = new { level = "project", @ref = id },
        trigger = new { kind = "Schedule", settings = new { cron } },
        rules,
    };

    public static object Rule(string template, int parameter, string repositories = "**", string tags = "**") => new
    {
        action = "retain",
        template,
        @params = new Dictionary<string, int> { [template] = parameter },
        tag_selectors = new[] { new { kind = "doublestar", decoration = "matches", pattern = tags } },
        scope_selectors = new { repository = new[] { new { kind = "doublestar", decoration = "repoMatches", pattern = repositories } } },
    };

    /// <summary>Begins a run; its id.</summary>
    public async Task<long> BeginAsync(bool dryRun = false)
    {
        using var begun = await harbor.Admin.CallAsync(HttpMethod.Post, $"{Path}/executions", new { dry_run = dryRun });
        Assert.True((int)begun.StatusCode == 201, await begun.BodyAsync());
        return begun.IdIn();
    }

    /// <summary>Runs the policy to its end; the id of the run.</summary>
    public async Task<long> RunAsync(bool dryRun = false)
    {
        var run = await BeginAsync(dryRun);
        await harbor.Services.GetRequiredService<JobWorkers>().RunDueAsync(TestContext.Current.CancellationToken);
        return run;
    }

    public async Task<JsonNode> ExecutionAsync(long run) => (await harbor.Admin.JsonAsync($"{Path}/executions")).AsArray().Single(each => (long)each!["id"]! == run)!;

    public async Task<JsonArray> TasksAsync(long run) => (await harbor.Admin.JsonAsync($"{Path}/executions/{run}/tasks")).AsArray();

    /// <summary>What became of each repository: <c>name total/retained</c>, in order.</summary>
    public async Task<string> SumsAsync(long run) => string.Join(", ", (await TasksAsync(run))
        .Select(task => string.Create(CultureInfo.InvariantCulture, $"{task!["repository"]} {task["total"]}/{task["retained"]} {task["status"]}")).Order(StringComparer.Ordinal));

    public async Task<string> LogAsync(long run)
    {
        var task = Assert.Single(await TasksAsync(run))!;
        return await harbor.Admin.GetStringAsync($"{Path}/executions/{run}/tasks/{task["id"]}");
    }
}
