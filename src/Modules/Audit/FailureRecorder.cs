using Harbor.Modules.Access.Auditing;
using Harbor.Oci;
using Harbor.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Modules.Audit;

/// <summary>Records what failed, at once and in a transaction of its own.</summary>
internal sealed class FailureRecorder(AuditTrail trail, Database db, ILogger<FailureRecorder> logger) : IFailureRecorder
{
    public async Task RecordAsync(AuditedFailure failure)
    {
        var record = Record(failure);
        try
        {
            // Not the request's token: what was refused was refused, whether or not the client waits for the answer.
            await db.TransactAsync(tx => trail.WriteAsync(tx, [record]), CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or RegistryException or TimeoutException)
        {
            Log.FailureNotRecorded(logger, e, record.EventType);
        }
    }

    internal static AuditRecord Record(AuditedFailure failure)
    {
        var (operation, type) = (failure.Operation.Operation, failure.Operation.ResourceType);

        // Who fails to sign in is nobody yet; the name he gave is all there is.
        var by = operation == "login" ? failure.Subject : failure.Caller.RecordedName;
        var more = type == "member" && failure.Project is { } project ? $"in project {project.Name}" : failure.Operation.More;
        return new AuditRecord(
            by, operation, type, failure.Subject, AuditRecord.Describe(operation, type, failure.Subject, more), Succeeded: false, failure.Project?.Id ?? 0, At: null);
    }
}
