using Harbor.Oci;

namespace Harbor.Modules.Identity;

/// <summary>What a new password, robot secret or CLI secret must look like: 8 to 128 characters, an upper, a lower, a digit.</summary>
public static class PasswordRule
{
    private const int MinLength = 8;
    private const int MaxLength = 128;

    public static bool Holds(string? secret) =>
        secret is { Length: >= MinLength and <= MaxLength }
        && secret.AsSpan().ContainsAnyInRange('A', 'Z')
        && secret.AsSpan().ContainsAnyInRange('a', 'z')
        && secret.AsSpan().ContainsAnyInRange('0', '9');

    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>.</exception>
    public static void Check(string? secret)
    {
        if (!Holds(secret))
        {
            throw new RegistryException(
                ErrorCode.BadRequest,
                $"the password or secret must have {MinLength} to {MaxLength} characters with at least one upper-case letter, one lower-case letter and one digit");
        }
    }
}
