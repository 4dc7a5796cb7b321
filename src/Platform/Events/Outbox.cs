using System.Text.Json;
using Harbor.Platform.Data;

namespace Harbor.Platform.Events;

/// <summary>The statements on the outbox: events that were committed with their causes and are still to be told.</summary>
internal static class Outbox
{
    private const int MaxErrorLength = 2000;

    private const string Columns = "id, kind, payload::text, happened_at, listener, attempts";

    // Of another release's kinds and listeners this one knows nothing: their events are left to it.
    private const string Ours = "kind = ANY($1) AND (listener IS NULL OR listener = ANY($2))";

    public static (string Sql, object?[] Values) Insert<TEvent>(TEvent happened)
        where TEvent : class, IDomainEvent =>
        ("INSERT INTO outbox (kind, payload, happened_at, due_at) VALUES ($1, $2, harbor_now(), harbor_now())",
            [TEvent.Kind, CommandExtensions.Jsonb(JsonSerializer.Serialize(happened, EventType.Json))]);

    public static async Task<bool> IsAnyDueAsync(Database db, CancellationToken ct)
    {
        await using var command = db.Command("SELECT EXISTS (SELECT FROM outbox WHERE due_at <= harbor_now())");
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Takes due events from the other replicas until the transaction ends.</summary>
    public static async Task<List<OutboxRow>> ClaimAsync(Transaction tx, string[] kinds, string[] listeners, int limit)
    {
        // A commit of ours that is lost in a crash takes the removal and all effects with it: the events are told again. So it need
        // not wait for the disk.
        await using var reader = await tx.BatchAsync(
            ("SET LOCAL synchronous_commit = off", []),
            ($"SELECT {Columns} FROM outbox WHERE due_at <= harbor_now() AND {Ours} ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED", [kinds, listeners, limit]));
        return await reader.TakeAsync(OutboxRow.Read, tx.Ct);
    }

    public static async Task<OutboxRow?> ClaimOneAsync(Transaction tx, long id) =>
        (await tx.ListAsync($"SELECT {Columns} FROM outbox WHERE id = $1 FOR UPDATE SKIP LOCKED", OutboxRow.Read, id)).SingleOrDefault();

    public static Task RemoveAsync(Transaction tx, long[] ids) => tx.ExecuteAsync("DELETE FROM outbox WHERE id = ANY($1)", (object)ids);

    /// <summary>Lets one listener have the event again, later.</summary>
    public static Task RetryAsync(Transaction tx, OutboxRow row, string listener, TimeSpan pause) => tx.ExecuteAsync("""
        INSERT INTO outbox (kind, payload, happened_at, due_at, listener, attempts) VALUES ($1, $2, $3, harbor_now() + $4, $5, $6)
        """, row.Kind, CommandExtensions.Jsonb(row.Payload), row.HappenedAt, pause, listener, row.Attempts + 1);

    /// <summary>Gives up on an event for one listener, and keeps it where an operator finds it.</summary>
    public static Task SetAsideAsync(Transaction tx, OutboxRow row, string listener, string error) => tx.ExecuteAsync("""
        INSERT INTO outbox_failed (kind, payload, happened_at, listener, attempts, error, failed_at) VALUES ($1, $2, $3, $4, $5, $6, harbor_now())
        """, row.Kind, CommandExtensions.Jsonb(row.Payload), row.HappenedAt, listener, row.Attempts + 1,
        (error.Length > MaxErrorLength ? error[..MaxErrorLength] : error).Replace('\0', ' '));
}
