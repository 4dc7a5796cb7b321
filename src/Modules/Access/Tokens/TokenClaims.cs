namespace Harbor.Modules.Access.Tokens;

/// <summary>What a bearer token says.</summary>
/// <param name="Subject">The caller's name; empty for an anonymous one.</param>
internal sealed record TokenClaims(
    string Subject, DateTimeOffset IssuedAt, DateTimeOffset NotBefore, DateTimeOffset Expires, IReadOnlyList<TokenAccess> Access)
{
    public const string Issuer = "harbor-token-issuer";
    public const string Audience = "harbor-registry";
}
