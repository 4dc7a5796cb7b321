using System.Collections.Concurrent;

namespace Harbor.Modules.Access.Tokens;

/// <summary>Verifies bearer tokens, each once: the next layer that its bearer pulls costs no RSA.</summary>
internal sealed class VerifiedTokens(SigningKeys keys, TimeProvider clock)
{
    private const int MaxCachedLength = 16 * 1024;
    private const long Capacity = 16 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, (TokenClaims Claims, TokenContext Context)> good = new(StringComparer.Ordinal);
    private long characters;

    /// <summary>The bearer; null when the token is not good, or no longer.</summary>
    public TokenContext? Find(string token)
    {
        var now = clock.GetUtcNow();
        if (good.TryGetValue(token, out var known))
        {
            return TokenReader.IsCurrent(known.Claims, now) ? known.Context : null;
        }

        if (!TokenReader.TryRead(token, keys.Current, now, out var claims))
        {
            return null;
        }

        var context = new TokenContext(claims);
        Keep(token, claims, context);
        return context;
    }

    // Full, everything is forgotten: half an hour's tokens of thousands of clients fit.
    private void Keep(string token, TokenClaims claims, TokenContext context)
    {
        if (token.Length > MaxCachedLength)
        {
            return;
        }

        if (Interlocked.Add(ref characters, token.Length) > Capacity)
        {
            good.Clear();
            Interlocked.Exchange(ref characters, token.Length);
        }

        good[token] = (claims, context);
    }
}
