using System.Globalization;
using Harbor.Modules.Access;
using Harbor.Platform.Data;
using Harbor.Platform.Jobs;
using Npgsql;

namespace Harbor.Modules.Retention;

/// <summary>A policy as it is kept.</summary>
/// <param name="Now">The database's time when it was read.</param>
internal sealed record StoredPolicy(long Id, long ProjectId, RetentionDefinition Definition, DateTimeOffset Now);

/// <summary>Keeps the policies of projects, with their schedules. A project's metadata <c>retention_id</c> names its policy.</summary>
/// <remarks>
/// A change holds the project's row <c>FOR UPDATE</c>, so it waits for deletions that have looked at the rules already, and those that
/// come later wait for it: none is done by rules that are no longer true.
/// </remarks>
internal sealed class RetentionPolicies(Database db, Schedules schedules, Executions executions)
{
    public const string VendorType = "RETENTION";

    private const string MetadataName = "retention_id";

    private const string Select = "SELECT id, project_id, trigger_kind, cron, rules::text, harbor_now() FROM retention_policy WHERE id = $1";

    public async Task<StoredPolicy?> FindAsync(long id, CancellationToken ct)
    {
        await using var command = db.Command(Select).With(id);
        return await command.FindAsync(Read, ct);
    }

    /// <summary>The policy as it is now. Whoever holds its project, at least <c>FOR KEY SHARE</c>, knows that it stays so.</summary>
    public static async Task<StoredPolicy?> ReadAsync(Transaction tx, long id) => (await tx.ListAsync(Select, Read, id)).SingleOrDefault();

    /// <summary>When it runs next by itself; null: never.</summary>
    public async Task<DateTimeOffset?> NextAsync(long id, CancellationToken ct) => (await schedules.FindAsync(VendorType, id, ct))?.NextFireAt;

    /// <summary>Gives a project its policy.</summary>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: it has one, or was deleted meanwhile.</exception>
    public Task<long> AddAsync(ProjectScope project, RetentionDefinition policy, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        await HoldAsync(tx, project);
        if (await tx.ScalarAsync<long?>("SELECT id FROM retention_policy WHERE project_id = $1", project.Id) is { } other)
        {
            throw RetentionErrors.AlreadyThere(project.Id, other);
        }

        var id = await tx.ScalarAsync<long>("""
            INSERT INTO retention_policy (project_id, trigger_kind, cron, rules, creation_time, update_time)
            VALUES ($1, $2, $3, $4::json, harbor_now(), harbor_now()) RETURNING id
            """, project.Id, policy.TriggerKind, policy.Cron, policy.Rules);
        await tx.ExecuteAsync("""
            INSERT INTO project_metadata (project_id, name, value) VALUES ($1, $2, $3)
            ON CONFLICT (project_id, name) DO UPDATE SET value = excluded.value
            """, project.Id, MetadataName, id.ToString(CultureInfo.InvariantCulture));
        await ScheduleAsync(tx, id, policy.Cron);
        return id;
    }, ct);

    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: not the policy of this project.</exception>
    public Task UpdateAsync(ProjectScope project, long id, RetentionDefinition policy, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        await HoldAsync(tx, project);
        var before = await tx.ScalarAsync<string>("SELECT cron FROM retention_policy WHERE id = $1 AND project_id = $2", id, project.Id)
            ?? throw RetentionErrors.NotFound(id);
        await tx.ExecuteAsync("""
            UPDATE retention_policy SET trigger_kind = $2, cron = $3, rules = $4::json, update_time = harbor_now() WHERE id = $1
            """, id, policy.TriggerKind, policy.Cron, policy.Rules);
        if (policy.Cron != before)
        {
            await ScheduleAsync(tx, id, policy.Cron);
        }
    }, ct);

    /// <summary>Takes the policy away, with its schedule and its history.</summary>
    /// <exception cref="Oci.RegistryException"><c>PRECONDITION</c>: it runs just now; <c>BAD_REQUEST</c>: it is gone.</exception>
    public Task DeleteAsync(ProjectScope project, long id, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        await HoldAsync(tx, project);
        if (await tx.ExecuteAsync("DELETE FROM retention_policy WHERE id = $1 AND project_id = $2", id, project.Id) == 0)
        {
            throw RetentionErrors.NoSuchPolicy(id);
        }

        await tx.ExecuteAsync("DELETE FROM project_metadata WHERE project_id = $1 AND name = $2", project.Id, MetadataName);
        await schedules.RemoveAsync(tx, VendorType, id);
        await executions.DeleteAsync(tx, VendorType, id);
    }, ct);

    private static async Task HoldAsync(Transaction tx, ProjectScope project)
    {
        if (await tx.ScalarAsync<bool?>("SELECT deleted FROM project WHERE id = $1 FOR UPDATE", project.Id) != false)
        {
            throw RetentionErrors.ProjectNotFound(project.Id);
        }
    }

    private Task ScheduleAsync(Transaction tx, long id, string cron) => cron.Length == 0
        ? schedules.RemoveAsync(tx, VendorType, id)
        : schedules.SetAsync(tx, new NewSchedule(VendorType, id, "Custom", cron));

    private static StoredPolicy Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), new RetentionDefinition(row.GetString(2), row.GetString(3), row.GetString(4)), row.GetFieldValue<DateTimeOffset>(5));
}
