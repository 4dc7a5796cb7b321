using System.Collections.Concurrent;
using Harbor.Oci;

namespace Harbor.Modules.Identity;

/// <summary>Checks a name and a password. A credential that was good once is known again without the slow hash.</summary>
/// <remarks>
/// What is kept is bound to the users' stored hashes of the moment: it is worthless as soon as a password changes or a user goes,
/// and the hashes are read through a cache that every change evicts. A credential that was wrong is kept likewise: a program that goes
/// on sending a stale password is slowed and costs little, but guesses nothing, so it locks out nobody who shares its name or address.
/// </remarks>
/// <param name="find">Everybody who may sign in under a name.</param>
internal sealed class SignIns(Func<string, CancellationToken, ValueTask<Account[]>> find, PasswordVerifier verifier, SignInGuard guard, TimeProvider clock)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<CredentialKey, PasswordHash> good = new();
    private readonly ConcurrentDictionary<CredentialKey, string> wrong = new();
    private readonly ConcurrentDictionary<Check, Lazy<Task<Account?>>> running = new();

    /// <summary>Who signed in; null when nobody did. A failure takes as long for a name that nobody has as for a wrong password.</summary>
    /// <exception cref="RegistryException"><c>TOO_MANY_REQUEST</c>: too many sign-ins at once, or too many failures from there.</exception>
    public async ValueTask<Account?> TryAsync(string principal, string password, SignInOrigin origin, CancellationToken ct)
    {
        var candidates = await find(principal, ct);
        var credential = CredentialKey.Of(principal, password);
        var hashes = string.Join(' ', candidates.Select(account => account.Password?.Hex));
        if (!(wrong.TryGetValue(credential, out var refused) && refused == hashes))
        {
            if (guard.IsLocked(principal, origin))
            {
                return null;
            }

            if (good.TryGetValue(credential, out var proven) && Array.Find(candidates, account => proven == account.Password) is { } known)
            {
                return known;
            }

            if (await CheckOnceAsync(principal, password, candidates, new Check(credential, hashes, origin), ct) is { } found)
            {
                return found;
            }
        }

        await Task.Delay(SignInGuard.LockDuration, clock, ct);
        return null;
    }

    /// <summary>Equal tries at once are one: a client that opens fifty connections with one password has guessed once.</summary>
    private Task<Account?> CheckOnceAsync(string principal, string password, Account[] candidates, Check check, CancellationToken ct)
    {
        var result = running.GetOrAdd(check, asked => new Lazy<Task<Account?>>(() => RunAsync(principal, password, candidates, asked)));

        // It is shared, so one caller who leaves must not end it for the others.
        return result.Value.WaitAsync(ct);
    }

    private async Task<Account?> RunAsync(string principal, string password, Account[] candidates, Check check)
    {
        var failed = false;
        try
        {
            if (!guard.TryTakeCredit(check.Origin))
            {
                // Locked as well, or the credentials known to be good could be guessed without a pause.
                guard.Lock(principal, check.Origin);
                failed = true;
                throw new RegistryException(ErrorCode.TooManyRequests, "too many failed sign-ins from this address, try again later");
            }

            if (await VerifyAsync(candidates, check.Credential, password) is { } account)
            {
                return account;
            }

            failed = true;
            Keep(wrong, check.Credential, check.Hashes);
            guard.Lock(principal, check.Origin);
            return null;
        }
        finally
        {
            if (!failed)
            {
                guard.ReturnCredit(check.Origin);
            }

            running.TryRemove(check, out _);
        }
    }

    private async Task<Account?> VerifyAsync(Account[] candidates, CredentialKey credential, string password)
    {
        var spent = false;
        foreach (var account in candidates)
        {
            if (account.Password is { } hash)
            {
                if (await verifier.VerifyAsync(credential, password, hash, CancellationToken.None))
                {
                    Keep(good, credential, hash);
                    return account;
                }

                spent |= hash.Version == verifier.OfNobody.Version;
            }
        }

        if (!spent)
        {
            await verifier.VerifyAsync(credential, password, verifier.OfNobody, CancellationToken.None);
        }

        return null;
    }

    private static void Keep<T>(ConcurrentDictionary<CredentialKey, T> known, CredentialKey credential, T value)
    {
        if (known.Count >= Capacity)
        {
            known.Clear();
        }

        known[credential] = value;
    }

    /// <param name="Hashes">Those of all who answer to the name, as they were: after a change the answer may be another.</param>
    private readonly record struct Check(CredentialKey Credential, string Hashes, SignInOrigin Origin);
}
