using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Retention;

/// <summary>A tag is moved to an artifact while retention judges it: the artifact is judged again, as it is then.</summary>
public sealed class RetentionRaceTests : IAsyncLifetime
{
    private const string Hold = "SELECT 1 FROM artifact WHERE id = ANY($1) ORDER BY id FOR UPDATE";

    private static readonly TestImage Old = TestImage.Of("old", TestImage.Bytes(1));
    private static readonly TestImage New = TestImage.Of("new", TestImage.Bytes(2));

    private readonly HoldingPoints points = new();
    private TestHarbor harbor = null!;
    private RetentionProject project = null!;
    private ContentRepository web = null!;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync(new TestHarborOptions { GarbageGrace = TimeSpan.Zero, Services = services => services.AddSingleton<PausePoints>(points) });
        project = await RetentionProject.CreateAsync(harbor);
        web = project.Repository("web");
        await web.Registry.PushAsync(Old, "v1");
        await web.Registry.PushAsync(New, "v2");
        await project.KeepNewestAsync(1);
    }

    public async ValueTask DisposeAsync()
    {
        web.Dispose();
        await harbor.DisposeAsync();
    }

    [Fact]
    public async Task An_artifact_that_is_given_a_tag_while_it_is_judged_is_not_lost()
    {
        Assert.Equal("web 2/2 Success", await RaceAsync());

        Assert.Equal(Old.Manifest.Content, await web.Registry.GetAsync("manifests/v3"));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task Without_its_lock_the_push_would_be_acknowledged_and_its_tag_gone()
    {
        var database = harbor.Services.GetRequiredService<Database>();
        database.Rewrite = sql => sql == Hold ? Hold.Replace(" FOR UPDATE", "", StringComparison.Ordinal) : sql;

        Assert.Equal("web 2/1 Success", await RaceAsync());

        Assert.Null(await web.Registry.GetAsync("manifests/v3"));
    }

    // The push has moved the tag and not committed yet when the run takes its second look.
    private async Task<string> RaceAsync()
    {
        var tagged = points.HoldAt("manifest.tagged");
        var pushing = PushAsync();
        await tagged.ReachedAsync();
        var running = project.RunAsync();
        await WaitsAsync(running);
        tagged.Release();

        Assert.Equal(201, await pushing);
        return await project.SumsAsync(await running);
    }

    private async Task<int> PushAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v2/{web.Name}/manifests/v3") { Content = new ByteArrayContent(Old.Manifest.Content) };
        request.Content.Headers.ContentType = new(Old.Manifest.MediaType);
        using var answer = await harbor.Admin.SendAsync(request);
        return (int)answer.StatusCode;
    }

    // Until somebody waits for a row's lock, or the task ends instead.
    private async Task WaitsAsync(Task task)
    {
        const string waiting = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event IN ('transactionid', 'tuple')
            """;
        while (!task.IsCompleted && (long)(await harbor.Database.QueryAsync(waiting))! == 0)
        {
            await Task.WhenAny(task, Task.Delay(5));
        }
    }
}
