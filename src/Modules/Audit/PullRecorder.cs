using System.Globalization;
using Harbor.Modules.Artifacts.Pulls;
using Harbor.Modules.Configuration;
using Harbor.Platform.Data;

namespace Harbor.Modules.Audit;

/// <summary>Records pulls, unless an administrator said that they are not to be.</summary>
internal sealed class PullRecorder(AuditTrail trail, Settings settings) : IPullListener
{
    public async Task HandleAsync(Transaction tx, IReadOnlyList<Pulled> pulls)
    {
        if (AuditSettings.Of(await settings.GetAsync(tx.Ct)).RecordsPulls)
        {
            await trail.WriteAsync(tx, [.. pulls.Select(Record)]);
        }
    }

    internal static AuditRecord Record(Pulled pulled)
    {
        var pull = pulled.Pull;
        var resource = pull.Tag is null ? $"{pull.Repository}@{pull.Digest}" : $"{pull.Repository}:{pull.Tag}";
        var times = pulled.Times > 1 ? string.Create(CultureInfo.InvariantCulture, $"{pulled.Times} times within a second") : null;
        return new AuditRecord(
            pull.By, "pull", "artifact", resource, AuditRecord.Describe("pull", "artifact", $"{pull.Repository}@{pull.Digest}", times), Succeeded: true, pull.ProjectId, pulled.At);
    }
}
