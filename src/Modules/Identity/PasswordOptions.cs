namespace Harbor.Modules.Identity;

/// <summary>How dear it is to try a password.</summary>
/// <remarks>No setting, variable or argument leads here: only who composes the server can say otherwise, and only tests do.</remarks>
internal sealed class PasswordOptions
{
    /// <summary>Rounds of PBKDF2 in the hash of a new password. Default 600,000: a tenth of a second of processor time.</summary>
    public int Rounds { get; init; } = PasswordHash.HarborRounds;
}
