using System.Globalization;
using System.Text.Json.Nodes;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts.Collection;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.GarbageCollection;

/// <summary>A run that somebody asked for: the collector of the background, told to hurry and to tell what it does. It shortens no grace.</summary>
/// <remarks>Stopped or killed, it keeps what it did; another run goes on from there.</remarks>
internal sealed class GarbageCollectionJob(
    GarbageCollector collector, GarbageEstimate estimate, UntaggedArtifacts untagged, ReadOnlyMode isReadOnly, TimeProvider clock) : IJob<RunParameters>
{
    public static readonly JobKind Kind = new("GARBAGE_COLLECTION") { MaxConcurrency = 1 };

    public async Task RunAsync(RunParameters input, JobContext job, CancellationToken ct)
    {
        if (await isReadOnly(ct))
        {
            throw new JobFailedException("the system is in read only mode: nothing may be deleted");
        }

        job.Log($"start to run gc in job: delete_untagged {input.DeleteUntagged}, delete_tag {input.DeleteTag}, dry_run {input.DryRun}, workers {input.Workers}");
        if (input.DeleteUntagged && !input.DryRun)
        {
            var deleted = await untagged.DeleteAsync(job.Log, ct);
            job.Log($"{deleted} artifacts deleted because nothing names them; they are freed when they can no longer be restored, {Text(collector.TrashRetention)} from now");
        }

        var (blobs, manifests, bytes) = await estimate.CountAsync(withUntagged: input.DryRun && input.DeleteUntagged, ct);
        job.Log(blobs + manifests == 0
            ? "no need to execute GC as there is no non referenced artifacts."
            : $"{blobs} blobs and {manifests} manifests eligible for deletion");
        job.Log($"The GC could free up {Megabytes(bytes)} MB space, the size is a rough estimate.");
        if (input.DryRun)
        {
            await ReportAsync(job, bytes, blobs, manifests, ct);
            return;
        }

        await CollectAsync(input.Workers, blobs + manifests, job, ct);
    }

    private async Task CollectAsync(int workers, long expected, JobContext job, CancellationToken ct)
    {
        var pace = new RunPace(clock, expected);
        var sum = default(Collected);
        try
        {
            await collector.RunAsync(workers, now =>
            {
                sum = now;
                if (pace.Tell(now) is { } line)
                {
                    job.Log(line);
                }
            }, ct);
        }
        finally
        {
            // What was done is done, and is told, also when the run was stopped.
            job.Log($"{sum.Blobs} blobs and {sum.Manifests} manifests are actually deleted");
            job.Log($"The GC job actual frees up {Megabytes(sum.Bytes)} MB space. The storage has confirmed {sum.Erased} files as erased.");
            await ReportAsync(job, sum.Bytes, sum.Blobs, sum.Manifests, CancellationToken.None);
        }
    }

    private static Task ReportAsync(JobContext job, long bytes, long blobs, long manifests, CancellationToken ct) => job.ReportAsync(new JsonObject
    {
        ["freed_space"] = bytes,
        ["purged_blobs"] = blobs,
        ["purged_manifests"] = manifests,
    }, ct);

    private static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Text(TimeSpan time) => time.TotalHours is var hours && hours == Math.Floor(hours) ? $"{hours} h" : time.ToString();
}
