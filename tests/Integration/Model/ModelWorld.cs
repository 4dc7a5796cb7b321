using Harbor.Integration.Content;
using Harbor.Modules.Artifacts.Collection;
using Harbor.Modules.Artifacts.Tags;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Settings;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Integration.Model;

/// <summary>A registry of two replicas that die now and then, a collector that never rests, and actors who each own a project.</summary>
internal sealed class ModelWorld : IAsyncDisposable
{
    /// <summary>So short that the collector comes between the steps of a push.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(400);

    private readonly ContentHost home;
    private readonly Replica[] replicas;
    private readonly List<Replica> buried = [];
    private readonly Random dice;

    private ModelWorld(ContentHost home, Replica[] replicas, Random dice) => (this.home, this.replicas, this.dice) = (home, replicas, dice);

    private sealed record Replica(ContentHost Host, DoomedPoints Points);

    public TestDatabase Database => home.Testing;

    public int Kills { get; private set; }

    public long Collected { get; private set; }

    public static async Task<ModelWorld> CreateAsync(int seed)
    {
        var home = await ContentHost.StartAsync(services => Shorten(services, new PausePoints()));
        return new ModelWorld(home, [await ReplicaAsync(home), await ReplicaAsync(home)], new Random(seed));
    }

    /// <summary>One of the replicas, as a load balancer picks it.</summary>
    public ContentHost Pick()
    {
        lock (dice)
        {
            return replicas[dice.Next(replicas.Length)].Host;
        }
    }

    /// <summary>The one that nobody kills, for looking.</summary>
    public ContentHost Home => home;

    /// <summary>Collects, and kills and replaces replicas, until told to stop.</summary>
    public async Task LiveAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var at = Roll(replicas.Length);
            if (Roll(6) == 0)
            {
                replicas[at].Points.DieAfter(1 + Roll(25));
            }

            try
            {
                Collected += (await replicas[at].Host.Get<GarbageCollector>().RunAsync(1 + Roll(2), null, CancellationToken.None)).Blobs;
            }
            catch (KilledException)
            {
                // The next one goes on.
            }

            for (var each = 0; each < replicas.Length; each++)
            {
                if (replicas[each].Points.IsDead)
                {
                    Kills++;
                    buried.Add(replicas[each]);
                    replicas[each] = await ReplicaAsync(home);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }
    }

    /// <summary>Days later: what was left behind has expired, and the collector has run twice.</summary>
    public async Task<IReadOnlyList<string>> FindRemainsAsync()
    {
        await Database.ShiftClockAsync(TimeSpan.FromDays(3));
        await home.Upkeep.RunOnceAsync(CancellationToken.None);
        await Database.ShiftClockAsync(TimeSpan.FromDays(4));
        await home.Upkeep.RunOnceAsync(CancellationToken.None);
        var dead = await Database.QueryAsync("""
            SELECT (SELECT count(*) || ' blobs that nothing names' FROM blob WHERE NOT EXISTS (SELECT FROM repository_blob WHERE blob_id = blob.id AND uses > 0))
                || (SELECT ', ' || count(*) || ' hidden artifacts' FROM artifact WHERE deletion_id IS NOT NULL)
                || (SELECT ', ' || count(*) || ' deletions' FROM deletion)
                || (SELECT ', ' || count(*) || ' uploads' FROM upload)
                || (SELECT ', ' || count(*) || ' locations to erase' FROM erasure)
            """);
        var orphans = (await home.Audit.OrphansAsync()).Select(path => $"nobody's file {path}");
        return [.. ((string)dead!).Split(", ").Where(each => !each.StartsWith("0 ", StringComparison.Ordinal)), .. orphans, .. await home.Audit.FindAsync()];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in buried.Concat(replicas))
        {
            await replica.Host.DisposeAsync();
        }

        await home.DisposeAsync();
    }

    private int Roll(int sides)
    {
        lock (dice)
        {
            return dice.Next(sides);
        }
    }

    private static async Task<Replica> ReplicaAsync(ContentHost home)
    {
        var points = new DoomedPoints();
        return new Replica(await home.ReplicaAsync(services => Shorten(services, points)), points);
    }

    private static void Shorten(IServiceCollection services, PausePoints points)
    {
        var standard = (HarborOptions)services.Last(each => each.ServiceType == typeof(HarborOptions)).ImplementationInstance!;
        services.AddSingleton(new HarborOptions { DataDirectory = standard.DataDirectory, GarbageGrace = Grace });
        services.AddSingleton(points);
        services.AddSingleton<TagChanges>();
    }
}
