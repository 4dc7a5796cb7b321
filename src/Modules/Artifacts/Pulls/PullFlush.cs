using Harbor.Modules.Configuration;
using Harbor.Oci;
using Harbor.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Modules.Artifacts.Pulls;

/// <summary>Writes pulls down, every second or as the operator says, and when the server stops: counts, times, and whatever the listeners keep of them.</summary>
public sealed class PullFlush(
    PullLog pulls, Database db, Settings settings, PullOptions options, IEnumerable<IPullListener> listeners, TimeProvider clock, ILogger<PullFlush> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim turn = new(1);
    private PullBatch unwritten = PullBatch.Empty;

    /// <summary>Writes down what was pulled until now. Answers the number of pulls.</summary>
    public async Task<int> FlushAsync(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            // What failed to be written waits, and is written before anything newer.
            unwritten = unwritten.IsEmpty ? pulls.Take() : unwritten;
            if (unwritten.IsEmpty)
            {
                return 0;
            }

            if (unwritten.Pulls.Count > 0)
            {
                await WriteAsync(unwritten, ct);
            }

            if (unwritten.Lost > 0)
            {
                Log.PullsLost(logger, unwritten.Lost);
            }

            var written = unwritten.Pulls.Sum(each => each.Times);
            unwritten = PullBatch.Empty;
            return written;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>For the end of each pull: writes it down now, if the operator wants it so. A pull never fails for it.</summary>
    public Task AfterPullAsync(CancellationToken ct) => options.IsSynchronous ? TryFlushAsync(ct) : Task.CompletedTask;

    /// <summary>Comes after the last request has ended.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await TryFlushAsync(cancellationToken);   // what a failed flush had left
            await TryFlushAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The operator is in a hurry.
        }
    }

    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await Task.Delay(options.IsSynchronous ? RetryInterval : options.Interval, clock, stoppingToken);   // what failed comes again
                await TryFlushAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // StopAsync writes the rest.
        }
    }

    private async Task TryFlushAsync(CancellationToken ct)
    {
        try
        {
            await FlushAsync(ct);
        }
        catch (Exception e) when (e is NpgsqlException or RegistryException or TimeoutException)
        {
            Log.PullsNotWritten(logger, e);
        }
    }

    private async Task WriteAsync(PullBatch batch, CancellationToken ct)
    {
        var rules = await settings.GetAsync(ct);
        await db.TransactAsync(async tx =>
        {
            // Nobody waits for the disk here: a second of pulls is lost in a crash anyway.
            await tx.ExecuteAsync("SET LOCAL synchronous_commit = off");
            var now = await tx.ScalarAsync<DateTime>("SELECT harbor_now()");
            var written = batch.Pulls.Select(each => new Pulled(each.Pull, each.Times, new DateTimeOffset(now) - clock.GetElapsedTime(each.At))).ToList();
            if (!options.CountsNothing && !rules.Get(KnownSettings.PullCountUpdateDisable))
            {
                await CountAsync(tx, written);
            }

            if (!options.KeepsNoTime && !rules.Get(KnownSettings.PullTimeUpdateDisable))
            {
                await SetTimesAsync(tx, written);
            }

            foreach (var listener in listeners)
            {
                await listener.HandleAsync(tx, written);
            }
        }, ct);
    }

    private static async Task CountAsync(Transaction tx, List<Pulled> pulls)
    {
        var counts = pulls.GroupBy(each => each.Pull.RepositoryId).Select(group => (Id: group.Key, Times: group.Sum(each => (long)each.Times))).OrderBy(each => each.Id).ToList();
        var ids = counts.Select(each => each.Id).ToArray();
        await using var _ = await tx.BatchAsync(
            ("SELECT 1 FROM repository WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", [ids]),
            ("""
            UPDATE repository SET pull_count = pull_count + given.times
            FROM unnest($1::bigint[], $2::bigint[]) AS given (id, times) WHERE repository.id = given.id
            """, [ids, counts.Select(each => each.Times).ToArray()]));
    }

    private static async Task SetTimesAsync(Transaction tx, List<Pulled> pulls)
    {
        var pulled = pulls.GroupBy(each => each.Pull.ArtifactId).ToDictionary(group => group.Key, group => group.Max(each => each.At));

        // A part of an index is pulled for the sake of the whole: the whole is in use then, whether or not it was asked for by itself.
        var wholes = await tx.ListAsync("""
            SELECT part.child_id, part.parent_id FROM artifact_reference part JOIN artifact whole ON whole.id = part.parent_id AND whole.deletion_id IS NULL
            WHERE part.child_id = ANY($1)
            """, row => (Id: row.GetInt64(1), At: pulled[row.GetInt64(0)]), (object)pulled.Keys.ToArray());
        var artifacts = pulled.Select(each => (Id: each.Key, At: each.Value)).Concat(wholes)
            .GroupBy(each => each.Id).Select(group => (Id: group.Key, At: group.Max(each => each.At))).OrderBy(each => each.Id).ToList();
        var tags = pulls.Where(each => each.Pull.Tag is not null)
            .GroupBy(each => (each.Pull.ArtifactId, each.Pull.Tag)).Select(group => (group.Key.ArtifactId, group.Key.Tag, At: group.Max(each => each.At))).ToList();
        var ids = artifacts.Select(each => each.Id).ToArray();
        object?[] ofTags = [tags.Select(each => each.ArtifactId).ToArray(), tags.Select(each => each.Tag).ToArray(), tags.Select(each => each.At).ToArray()];
        await using var _ = await tx.BatchAsync(
            ("SELECT 1 FROM artifact WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", [ids]),
            ("""
            UPDATE artifact SET pull_time = greatest(artifact.pull_time, given.at)
            FROM unnest($1::bigint[], $2::timestamptz[]) AS given (id, at) WHERE artifact.id = given.id
            """, [ids, artifacts.Select(each => each.At).ToArray()]),
            ("""
            SELECT 1 FROM tag JOIN unnest($1::bigint[], $2::text[]) AS given (artifact_id, name) ON tag.artifact_id = given.artifact_id AND tag.name = given.name
            ORDER BY tag.id FOR NO KEY UPDATE OF tag
            """, ofTags[..2]),
            ("""
            UPDATE tag SET pull_time = greatest(tag.pull_time, given.at)
            FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS given (artifact_id, name, at)
            WHERE tag.artifact_id = given.artifact_id AND tag.name = given.name
            """, ofTags));
    }
}
