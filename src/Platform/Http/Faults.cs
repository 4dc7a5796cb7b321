using Harbor.Oci;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Harbor.Platform.Http;

/// <summary>What an exception that nobody handled means to the caller.</summary>
internal static class Faults
{
    private const int NoSpaceLeft = 28;     // ENOSPC
    private const int QuotaExceeded = 122;  // EDQUOT: the file system's quota, not a project's

    /// <summary>The refusal that <paramref name="thrown"/> amounts to; <c>UNKNOWN</c> when it is a bug.</summary>
    public static RegistryException Translate(Exception thrown)
    {
        for (var e = thrown; e is not null; e = e.InnerException)
        {
            if (FromCause(e, thrown) is { } refusal)
            {
                return refusal;
            }
        }

        return new RegistryException(ErrorCode.Unknown, "unknown", inner: thrown);
    }

    private static RegistryException? FromCause(Exception e, Exception thrown) => e switch
    {
        RegistryException known => known,
        BadHttpRequestException bad => new RegistryException(ErrorEnvelope.CodeOf(bad.StatusCode), bad.Message, inner: thrown),
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => NoSpace("database", thrown),
        PostgresException refused => FromDatabase(refused, thrown),
        NpgsqlException { IsTransient: true } => Unavailable("the database cannot be reached, try again", thrown),
        IOException { HResult: NoSpaceLeft or QuotaExceeded } => NoSpace("storage", thrown),
        _ => null,
    };

    private static RegistryException? FromDatabase(PostgresException e, Exception thrown) => e.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => new RegistryException(ErrorCode.Conflict, "resource conflict", inner: thrown),
        PostgresErrorCodes.ForeignKeyViolation => new RegistryException(ErrorCode.ForeignKeyConstraint, "the resource is in use or does not exist", inner: thrown),

        // A text with a NUL character is refused by PostgreSQL alone: no grammar of ours forbids it in free text.
        PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter =>
            new RegistryException(ErrorCode.BadRequest, "a text holds a character that cannot be stored", inner: thrown),

        // A standby answers so until it is promoted.
        PostgresErrorCodes.ReadOnlySqlTransaction => Unavailable("the database is read-only, try again", thrown),
        PostgresErrorCodes.LockNotAvailable => Unavailable("the data is busy, try again", thrown),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => Unavailable("the database is restarting, try again", thrown),
        _ => e.IsTransient ? Unavailable("the database is not available, try again", thrown) : null,
    };

    private static RegistryException NoSpace(string where, Exception thrown) =>
        new(ErrorCode.InsufficientStorage, $"no space left on the server ({where}): ask its operator to add or free some", inner: thrown);

    private static RegistryException Unavailable(string message, Exception thrown) => new(ErrorCode.ServiceUnavailable, message, inner: thrown);
}
