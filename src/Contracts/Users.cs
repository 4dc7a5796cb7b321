using System.ComponentModel.DataAnnotations;

namespace Harbor.Contracts;

/// <summary>A user as he is shown. Nothing of his password ever is.</summary>
public sealed record UserDto
{
    public string? Email { get; init; }

    public string? Realname { get; init; }

    public string? Comment { get; init; }

    public long UserId { get; init; }

    public required string Username { get; init; }

    [AlwaysPresent]
    public bool SysadminFlag { get; init; }

    /// <summary>Whether he is an administrator by the word of the system that he signed in at, not by his own flag.</summary>
    [AlwaysPresent]
    public bool AdminRoleInAuth { get; init; }

    public DateTimeOffset CreationTime { get; init; }

    public DateTimeOffset UpdateTime { get; init; }
}

/// <summary>A user as a search shows him: enough to make him a member.</summary>
public sealed record UserSearchItemDto
{
    public long UserId { get; init; }

    public required string Username { get; init; }
}

/// <summary>What may be said of a new user. Rights are not among it.</summary>
public sealed record UserCreationRequest
{
    [MaxLength(255)]
    public string? Email { get; init; }

    public string? Realname { get; init; }

    public string? Comment { get; init; }

    public string? Password { get; init; }

    [MaxLength(255)]
    public string? Username { get; init; }
}

/// <summary>What of a user may be changed by himself; his name may not.</summary>
public sealed record UserProfileRequest
{
    public string? Email { get; init; }

    public string? Realname { get; init; }

    public string? Comment { get; init; }
}

public sealed record PasswordRequest
{
    /// <summary>Needed when users change their own.</summary>
    public string? OldPassword { get; init; }

    public string? NewPassword { get; init; }
}

public sealed record SysAdminRequest
{
    public bool? SysadminFlag { get; init; }
}

public sealed record CliSecretRequest
{
    public string? Secret { get; init; }
}

/// <summary>Where a browser must go, told in a body because the portal's own requests cannot follow a redirect elsewhere.</summary>
public sealed record OidcRedirectDto
{
    public required string RedirectLocation { get; init; }
}
