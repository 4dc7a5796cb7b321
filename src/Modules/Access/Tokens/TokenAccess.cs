namespace Harbor.Modules.Access.Tokens;

/// <summary>One entry of a token's <c>access</c> claim: what its bearer may do to one thing.</summary>
/// <param name="Type">Such as <c>repository</c>.</param>
/// <param name="Name">The repository's full name; empty when the scope named none.</param>
internal sealed record TokenAccess(string Type, string Name, IReadOnlyList<string> Actions)
{
    public const string RepositoryType = "repository";

    /// <summary>Reads a requested scope, <c>type:name:actions</c>. The name may hold colons, as in <c>host:port/name</c>.</summary>
    public static TokenAccess Parse(string scope)
    {
        var typeEnd = scope.IndexOf(':', StringComparison.Ordinal);
        if (typeEnd < 0)
        {
            return new TokenAccess(scope, string.Empty, []);
        }

        var (type, rest) = (scope[..typeEnd], scope[(typeEnd + 1)..]);
        var nameEnd = rest.LastIndexOf(':');
        return nameEnd < 0
            ? new TokenAccess(type, rest, [])
            : new TokenAccess(type, rest[..nameEnd], rest[(nameEnd + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries));
    }
}
