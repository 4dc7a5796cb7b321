using Npgsql;

namespace Harbor.Modules.Robots;

/// <summary>A robot account as it is stored, but for its secret and its permissions.</summary>
/// <param name="FullName">Without the prefix of login names.</param>
/// <param name="ProjectId">Null: of the system.</param>
/// <param name="Duration">Days; -1: for ever.</param>
/// <param name="ExpiresAt">Unix seconds; -1: never.</param>
/// <param name="HasSecret">False for a robot of Harbor's first kind.</param>
/// <param name="CreatorType"><c>local</c> for a user, or <c>robot</c>.</param>
internal sealed record Robot(
    long Id, string FullName, long? ProjectId, string Description, long Duration, long ExpiresAt, bool Disabled, bool HasSecret,
    string CreatorType, long CreatorRef, DateTimeOffset CreationTime, DateTimeOffset UpdateTime)
{
    public const string Columns =
        "id, name, project_id, description, duration, expires_at, disabled, secret_hash IS NOT NULL, creator_type, creator_ref, creation_time, update_time";

    public static Robot Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetInt64(2), row.GetString(3), row.GetInt64(4), row.GetInt64(5), row.GetBoolean(6),
        row.GetBoolean(7), row.GetString(8), row.GetInt64(9), row.GetFieldValue<DateTimeOffset>(10), row.GetFieldValue<DateTimeOffset>(11));

    /// <summary>The name it signs in with. One of the first kind is shown as it was made, and signs in nowhere.</summary>
    public string LoginName(string prefix) => HasSecret ? prefix + FullName : FullName;
}
