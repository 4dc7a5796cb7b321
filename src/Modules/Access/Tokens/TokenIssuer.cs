using Harbor.Oci;

namespace Harbor.Modules.Access.Tokens;

/// <summary>Issues bearer tokens: what a caller may do in the projects he asks about, for half an hour.</summary>
internal sealed class TokenIssuer(SigningKeys keys, IProjectDirectory projects, TokenLifetime lifetime, TimeProvider clock)
{
    // The setting allows more than a date can hold.
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(365 * 100);

    private static readonly AccessAction[] RepositoryActions = [AccessAction.Pull, AccessAction.Push, AccessAction.Delete, AccessAction.ScannerPull];

    public async Task<IssuedToken> IssueAsync(SecurityContext caller, IReadOnlyList<string> scopes, CancellationToken ct)
    {
        var access = new List<TokenAccess>(scopes.Count);
        foreach (var scope in scopes)
        {
            var asked = TokenAccess.Parse(scope);
            access.Add(asked with { Actions = await GrantAsync(caller, asked, ct) });
        }

        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        var good = await lifetime(ct);
        good = good < MaxLifetime ? good : MaxLifetime;
        var claims = new TokenClaims(caller.Name, now, now, now + good, access);
        return new IssuedToken(TokenWriter.Write(claims, keys.Current), now, good);
    }

    /// <summary>What is granted has little to do with the actions asked for: everything the caller has in the project, as in Harbor.</summary>
    private async ValueTask<IReadOnlyList<string>> GrantAsync(SecurityContext caller, TokenAccess asked, CancellationToken ct)
    {
        if (asked is { Type: "registry", Name: "catalog" })
        {
            return caller.IsSystemAdmin ? asked.Actions : [];
        }

        if (asked.Type != TokenAccess.RepositoryType
            || !RepositoryName.TryParse(asked.Name, out var name) || !name.HasProject
            || await projects.FindAsync(name.Project, ct) is not { } project)
        {
            return [];
        }

        var granted = new List<string>(RepositoryActions.Length);
        foreach (var action in RepositoryActions)
        {
            if (await caller.CanAsync(project, Resource.Repository, action, ct))
            {
                granted.Add(action.Text);
            }
        }

        return granted;
    }
}

/// <summary>How long a new token is good; the settings know.</summary>
public delegate ValueTask<TimeSpan> TokenLifetime(CancellationToken ct);

/// <param name="Text">The token itself. A secret.</param>
internal sealed record IssuedToken(string Text, DateTimeOffset IssuedAt, TimeSpan Lifetime)
{
    public override string ToString() => "***";
}
