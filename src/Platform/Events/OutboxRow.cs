using Npgsql;

namespace Harbor.Platform.Events;

/// <param name="Listener">The only one that still needs it; null: all do.</param>
/// <param name="Attempts">How often that listener has failed.</param>
internal sealed record OutboxRow(long Id, string Kind, string Payload, DateTimeOffset HappenedAt, string? Listener, int Attempts)
{
    public static OutboxRow Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.IsDBNull(4) ? null : row.GetString(4), row.GetInt32(5));
}
