using Harbor.Modules.Artifacts;
using Harbor.Platform.Diagnostics;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Content.Crashes;

/// <summary>Rows and bytes that outlive the servers which are killed on them.</summary>
public sealed class CrashWorld : IAsyncDisposable
{
    /// <summary>How long what nothing uses is kept.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private readonly TemporaryDirectory folder;
    private TimeSpan shifted;

    private CrashWorld(TestDatabase database, TemporaryDirectory folder)
    {
        (Database, this.folder) = (database, folder);
        Audit = AuditOf(database);
    }

    public TestDatabase Database { get; }

    public ContentAudit Audit { get; }

    /// <summary>The same bytes, by the rows of another database.</summary>
    public ContentAudit AuditOf(TestDatabase database) => new(database.ConnectionString, folder["data/storage"]);

    /// <summary>Full path of a file that <see cref="Audit"/> names.</summary>
    public string PathOf(string file) => folder[Path.Combine("data/storage", file)];

    public static async Task<CrashWorld> CreateAsync() => new(await TestDatabase.CreateAsync(), new TemporaryDirectory(inMemory: true));

    /// <summary>A server in a process of its own.</summary>
    /// <param name="crashAt">Pause point at which it kills itself; null: it does not.</param>
    /// <param name="shutdownSeconds">How long running requests may take to end when it is told to stop.</param>
    public HarborProcessOptions Process(string? crashAt = null, int shutdownSeconds = 30) => new()
    {
        DataDirectory = folder["data"],
        Database = Database.ConnectionString,
        CrashAt = crashAt,
        Environment = new Dictionary<string, string>
        {
            ["HARBOR_SECRET_KEY"] = TestHarbor.SecretKey,
            ["HARBOR_ADMIN_PASSWORD"] = TestHarbor.AdminPassword,
            ["HARBOR_SHUTDOWN_TIMEOUT"] = $"{shutdownSeconds}",
            ["GC_TIME_WINDOW_HOURS"] = "1",
        },
    };

    /// <summary>A server in this process. Without pause points it does not ask after its health, which keeps bytes of its own for a moment.</summary>
    /// <param name="on">A copy of the database; null: the one itself.</param>
    public Task<TestHarbor> ServeAsync(PausePoints? points = null, TestDatabase? on = null) => TestHarbor.StartAsync(new TestHarborOptions
    {
        Database = on ?? Database,
        DataDirectory = folder["data"],
        GarbageGrace = Grace,
        Services = services => (points is null ? services.RemoveAll<IComponentHealth>() : services).AddSingleton(points ?? PausePoints.None),
    });

    /// <summary>Time goes by in the database.</summary>
    public Task PassAsync(TimeSpan time) => Database.ShiftClockAsync(shifted += time);

    /// <summary>Makes links that nothing uses older than half the grace.</summary>
    public Task AgeAsync() => Database.QueryAsync("UPDATE repository_blob SET linked_at = linked_at - interval '40 minutes' WHERE uses = 0");

    /// <summary>Waits until the sessions of a killed server have ended, and with them what it had under way.</summary>
    public async Task SettleAsync()
    {
        // Its own unpooled session is one of them.
        while ((long)(await Database.QueryAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"))! > 1)
        {
            await Task.Delay(5);
        }
    }

    /// <summary>Sweeps and erases all that is due two days later; then nothing is left but what rows own.</summary>
    public async Task TidyAsync(TestHarbor harbor)
    {
        await PassAsync(TimeSpan.FromDays(2));
        await harbor.Services.GetRequiredService<ContentUpkeep>().RunOnceAsync(CancellationToken.None);
        Assert.Equal(0L, await Database.QueryAsync("SELECT count(*) FROM upload"));
        Assert.Empty(await Audit.OrphansAsync());
        Assert.Empty(await Audit.FindAsync());
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(Database.ConnectionString));
        await Database.DisposeAsync();
        folder.Dispose();
    }
}
