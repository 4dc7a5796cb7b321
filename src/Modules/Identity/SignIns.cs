using System.Collections.Concurrent;

namespace Harbor.Modules.Identity;

/// <summary>Checks a name and a password. A credential that was good once is known again without the slow hash.</summary>
/// <remarks>
/// What is kept is bound to the user's stored hash of the moment: it is worthless as soon as the password changes or the user goes,
/// and the hash is read through a cache that every change evicts.
/// </remarks>
/// <param name="find">Everybody who may sign in under a name.</param>
internal sealed class SignIns(Func<string, CancellationToken, ValueTask<Account[]>> find, PasswordVerifier verifier, SignInLock locks, TimeProvider clock)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<CredentialKey, PasswordHash> verified = new();

    /// <summary>Who signed in; null when nobody did. A failure takes as long for a name that nobody has as for a wrong password.</summary>
    /// <exception cref="Oci.RegistryException"><c>TOO_MANY_REQUEST</c>: too many sign-ins at once.</exception>
    public async ValueTask<Account?> TryAsync(string principal, string password, CancellationToken ct)
    {
        if (locks.IsLocked(principal))
        {
            return null;
        }

        var candidates = await find(principal, ct);
        var credential = CredentialKey.Of(principal, password);
        if (verified.TryGetValue(credential, out var good) && Array.Find(candidates, account => good == account.Password) is { } known)
        {
            return known;
        }

        if (await VerifyAsync(candidates, credential, password, ct) is { } proven)
        {
            return proven;
        }

        locks.Lock(principal);
        await Task.Delay(SignInLock.Duration, clock, ct);
        return null;
    }

    private async Task<Account?> VerifyAsync(Account[] candidates, CredentialKey credential, string password, CancellationToken ct)
    {
        var spent = false;
        foreach (var account in candidates)
        {
            if (account.Password is { } hash)
            {
                if (await verifier.VerifyAsync(credential, password, hash, ct))
                {
                    Keep(credential, hash);
                    return account;
                }

                spent |= hash.IsCurrent;
            }
        }

        if (!spent)
        {
            await verifier.VerifyAsync(credential, password, PasswordHash.OfNobody, ct);
        }

        return null;
    }

    private void Keep(CredentialKey credential, PasswordHash hash)
    {
        if (verified.Count >= Capacity)
        {
            verified.Clear();
        }

        verified[credential] = hash;
    }
}
