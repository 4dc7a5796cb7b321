using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Platform.Jobs;

/// <summary>What is begun again and again. A vendor has one schedule for each of its ids.</summary>
public sealed class Schedules(Database db)
{
    internal const string Fields = "id, vendor_type, vendor_id, cron_type, cron, extra_attrs::text, creation_time, update_time, next_fire_at";

    public async Task<Schedule?> FindAsync(string vendorType, long vendorId, CancellationToken ct)
    {
        await using var command = db.Command($"SELECT {Fields} FROM schedule WHERE vendor_type = $1 AND vendor_id = $2").With(vendorType, vendorId);
        return await command.FindAsync(Read, ct);
    }

    /// <summary>Every schedule, newest first.</summary>
    public async Task<Page<Schedule>> ListAsync(PageRequest page, CancellationToken ct) =>
        await SqlPages.ReadAsync(db, new SqlText($"SELECT {Fields} FROM schedule ORDER BY id DESC"), new SqlText("SELECT count(*) FROM schedule"), page, Read, ct);

    /// <summary>Keeps a schedule; the vendor's former one is replaced.</summary>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: not a cron expression.</exception>
    public async Task SetAsync(Transaction tx, NewSchedule schedule)
    {
        if (!Cron.TryParse(schedule.Cron, out var cron))
        {
            throw new RegistryException(ErrorCode.BadRequest, $"invalid cron string: {schedule.Cron}");
        }

        var now = await NowAsync(tx);
        await tx.ExecuteAsync("""
            INSERT INTO schedule (vendor_type, vendor_id, cron_type, cron, extra_attrs, next_fire_at, creation_time, update_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
            ON CONFLICT (vendor_type, vendor_id) DO UPDATE SET cron_type = excluded.cron_type, cron = excluded.cron, extra_attrs = excluded.extra_attrs,
                next_fire_at = excluded.next_fire_at, update_time = excluded.update_time
            """,
            schedule.VendorType, schedule.VendorId, schedule.CronType, schedule.Cron,
            CommandExtensions.Jsonb((schedule.ExtraAttributes ?? []).ToJsonString()), cron.Next(now), now);
    }

    /// <summary>Keeps a schedule unless the vendor has one already: for those that a fresh server has.</summary>
    public async Task AddAsync(Transaction tx, NewSchedule schedule)
    {
        if (!await tx.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM schedule WHERE vendor_type = $1 AND vendor_id = $2)", schedule.VendorType, schedule.VendorId))
        {
            await SetAsync(tx, schedule);
        }
    }

    public Task RemoveAsync(Transaction tx, string vendorType, long vendorId) =>
        tx.ExecuteAsync("DELETE FROM schedule WHERE vendor_type = $1 AND vendor_id = $2", vendorType, vendorId);

    internal static async Task<DateTimeOffset> NowAsync(Transaction tx) => new(await tx.ScalarAsync<DateTime>("SELECT harbor_now()"));

    internal static Schedule Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        VendorType = row.GetString(1),
        VendorId = row.GetInt64(2),
        CronType = row.GetString(3),
        Cron = row.GetString(4),
        ExtraAttributes = ExecutionListing.Attributes(row.GetString(5)),
        CreationTime = row.GetFieldValue<DateTimeOffset>(6),
        UpdateTime = row.GetFieldValue<DateTimeOffset>(7),
        NextFireAt = row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8),
    };
}
