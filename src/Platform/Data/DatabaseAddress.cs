using Harbor.Platform.Settings;

namespace Harbor.Platform.Data;

/// <summary>Where the database is. Connection strings may hold a password.</summary>
/// <param name="Pooled">Npgsql connection string for everything but listening; it may lead through PgBouncer.</param>
/// <param name="Listener">Connection string of a direct session, for <c>LISTEN</c>.</param>
public sealed record DatabaseAddress(Secret Pooled, Secret Listener);
