using System.Buffers;
using System.Net.Mail;
using Harbor.Oci;

namespace Harbor.Modules.Identity;

/// <summary>What a user says about himself, checked.</summary>
public sealed record UserProfile(string Email, string RealName, string Comment)
{
    private const int MaxLength = 255;
    private const int MaxCommentLength = 30;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create(",\"~#%$");

    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>; it names the field at fault.</exception>
    public static UserProfile From(string? email, string? realName, string? comment)
    {
        if (!IsAddress(email))
        {
            throw Invalid("the email must look like name@example.com and have at most 255 characters");
        }

        CheckName("realname", realName);
        return comment?.Length > MaxCommentLength
            ? throw Invalid($"the comment must have at most {MaxCommentLength} characters")
            : new UserProfile(email!, realName!, comment ?? string.Empty);
    }

    /// <summary>The rule for user names and real names.</summary>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>.</exception>
    public static void CheckName(string field, string? name)
    {
        if (string.IsNullOrEmpty(name) || name.EnumerateRunes().Count() > MaxLength)
        {
            throw Invalid($"the {field} must have 1 to {MaxLength} characters");
        }

        if (name.AsSpan().ContainsAny(Forbidden) || name.AsSpan().ContainsAnyInRange('\0', '\x1f'))
        {
            throw Invalid($"the {field} must have none of , \" ~ # % $ and no control characters");
        }
    }

    // No more than a look: whether mail arrives there only mail can tell.
    private static bool IsAddress(string? email) =>
        email is { Length: > 0 and <= MaxLength }
        && !email.Any(char.IsWhiteSpace) && !email.Any(char.IsControl)
        && MailAddress.TryCreate(email, out var address) && address.Address == email
        && address.Host.Contains('.', StringComparison.Ordinal);

    private static RegistryException Invalid(string message) => new(ErrorCode.BadRequest, message);
}
