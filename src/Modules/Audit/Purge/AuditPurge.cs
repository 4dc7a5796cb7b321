using Harbor.Platform.Data;

namespace Harbor.Modules.Audit.Purge;

/// <summary>The last record that a batch looked at; the next one goes on behind it.</summary>
internal readonly record struct PurgePlace(DateTimeOffset Time, long Id)
{
    public static readonly PurgePlace Start = new(DateTimeOffset.UnixEpoch, 0);
}

/// <summary>The statements that remove records: a whole month at once where nothing of it stays, else in batches.</summary>
internal sealed class AuditPurge(Database db)
{
    public const int BatchSize = 5000;

    // $2: the types named, $3: whether all others go, too, $4: which those are not.
    private const string Wanted = "(operation || '_' || resource_type = ANY($2) OR ($3 AND operation || '_' || resource_type <> ALL($4)))";

    private const string WantedOfOld =
        "(lower(operation) || '_' || lower(resource_type) = ANY($2) OR ($3 AND lower(operation) || '_' || lower(resource_type) <> ALL($4)))";

    public async Task<DateTimeOffset> HorizonAsync(long hours, CancellationToken ct)
    {
        await using var command = db.Command("SELECT harbor_now() - $1").With(TimeSpan.FromHours(hours));
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(ct))!);
    }

    /// <summary>How many records would go.</summary>
    public async Task<long> CountAsync(DateTimeOffset horizon, PurgedTypes types, CancellationToken ct)
    {
        await using var command = db.Command($"""
            SELECT (SELECT count(*) FROM audit_log_ext WHERE op_time < $1 AND {Wanted}) + (SELECT count(*) FROM audit_log WHERE op_time < $1 AND {WantedOfOld})
            """).With(Values(horizon, types));
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Names of the partitions whose month ended before <paramref name="horizon"/>, oldest first. The default one is none of them.</summary>
    public async Task<IReadOnlyList<string>> OldMonthsAsync(DateTimeOffset horizon, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT part.relname::text FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
            WHERE inhparent = 'audit_log_ext'::regclass AND part.relname ~ '^audit_log_ext_[0-9]{4}_[0-9]{2}$'
              AND (to_date(substr(part.relname, 15), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= $1
            ORDER BY part.relname
            """).With(horizon);
        return await command.ListAsync(row => row.GetString(0), ct);
    }

    /// <summary>Drops a partition, if nothing in it stays.</summary>
    /// <returns>How many records it held; null: some of them stay, so it does.</returns>
    /// <exception cref="Oci.RegistryException"><c>SERVICE_UNAVAILABLE</c>: the log is read or written all the time, and was not to be had.</exception>
    public static async Task<long?> DropAsync(Transaction tx, string partition, PurgedTypes types)
    {
        // Nothing can be added to it while it is counted; that takes long, so everything else goes on.
        await tx.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtext('audit_log_add_month'))");
        await tx.ExecuteAsync($"LOCK TABLE {partition} IN SHARE ROW EXCLUSIVE MODE");
        if (await tx.ScalarAsync<bool>(
            $"SELECT EXISTS (SELECT FROM {partition} WHERE NOT {Shifted(Wanted)})", types.Named.ToArray(), types.Others, PurgedTypes.OfArtifacts))
        {
            return null;
        }

        var held = await tx.ListAsync(
            $"SELECT project_id, count(*) FROM {partition} GROUP BY project_id ORDER BY project_id", row => (Project: row.GetInt64(0), Records: row.GetInt64(1)));

        // Writers touch the log first and its counts then. So do we.
        await tx.ExecuteAsync("LOCK TABLE audit_log_ext IN ACCESS EXCLUSIVE MODE");
        await tx.ExecuteAsync("SELECT FROM audit_log_count WHERE project_id = ANY($1) ORDER BY project_id FOR UPDATE", (object)held.Select(each => each.Project).ToArray());
        await tx.ExecuteAsync("""
            UPDATE audit_log_count AS counted SET records = counted.records - gone.records
            FROM unnest($1::bigint[], $2::bigint[]) AS gone (project_id, records) WHERE counted.project_id = gone.project_id
            """, held.Select(each => each.Project).ToArray(), held.Select(each => each.Records).ToArray());
        await tx.ExecuteAsync($"DROP TABLE {partition}");
        return held.Sum(each => each.Records);
    }

    /// <summary>Removes the oldest records behind a place.</summary>
    /// <returns>How many, and where the next batch begins; null: there are no more.</returns>
    public static async Task<(long Count, PurgePlace? Next)> DeleteBatchAsync(Transaction tx, DateTimeOffset horizon, PurgedTypes types, PurgePlace after)
    {
        var gone = await tx.ListAsync($"""
            WITH old AS (
                SELECT op_time, id FROM audit_log_ext WHERE op_time < $1 AND (op_time, id) > ($5, $6) AND {Wanted} ORDER BY op_time, id LIMIT $7)
            DELETE FROM audit_log_ext AS log USING old WHERE log.op_time = old.op_time AND log.id = old.id AND log.op_time < $1
            RETURNING log.op_time, log.id
            """,
            row => new PurgePlace(row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1)), [.. Values(horizon, types), after.Time, after.Id, BatchSize]);
        return (gone.Count, gone.Count < BatchSize ? null : gone.MaxBy(each => (each.Time, each.Id)));
    }

    /// <summary>The same for the log of older releases; answers how many.</summary>
    public static Task<int> DeleteOldBatchAsync(Transaction tx, DateTimeOffset horizon, PurgedTypes types) => tx.ExecuteAsync($"""
        DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE op_time < $1 AND {WantedOfOld} ORDER BY op_time, id LIMIT $5)
        """, [.. Values(horizon, types), BatchSize]);

    private static object?[] Values(DateTimeOffset horizon, PurgedTypes types) => [horizon, types.Named.ToArray(), types.Others, PurgedTypes.OfArtifacts];

    // The same condition where it is the only one.
    private static string Shifted(string condition) => condition
        .Replace("$2", "$1", StringComparison.Ordinal).Replace("$3", "$2", StringComparison.Ordinal).Replace("$4", "$3", StringComparison.Ordinal);
}
