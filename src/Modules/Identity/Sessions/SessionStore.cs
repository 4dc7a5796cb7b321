using System.Security.Cryptography;
using System.Text;
using Harbor.Modules.Configuration;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Npgsql;

namespace Harbor.Modules.Identity.Sessions;

/// <summary>Browsers that signed in. The database holds the hash of a cookie's value, never the value.</summary>
/// <remarks>
/// A session ends when no request renewed it for its lifetime. A renewal is written at most once a minute; another replica that has
/// not heard of one looks again before it gives a session up.
/// </remarks>
internal sealed class SessionStore(Database database, ChangeFeed feed, Settings settings, TimeProvider clock)
{
    private const string KeyPrefix = "session:";
    private const int Capacity = 10_000;
    private const int SweepAtOnce = 100;
    private const int MaxCookieLength = 256;

    private static readonly TimeSpan RenewalInterval = TimeSpan.FromMinutes(1);

    private readonly FactCache<SessionFact> cache = new(feed, KeyPrefix, Capacity);

    /// <summary>Key of the fact what session a hash names; ending a session evicts it.</summary>
    public static string Key(byte[] id) => KeyPrefix + Convert.ToHexStringLower(id);

    /// <summary>The live session behind a cookie; null when there is none.</summary>
    /// <param name="renew">Whether this request keeps it alive.</param>
    public async ValueTask<SessionFact?> FindAsync(string cookie, bool renew, CancellationToken ct)
    {
        if (cookie.Length > MaxCookieLength)
        {
            return null;
        }

        var id = Hash(cookie);
        var key = Key(id);
        var session = await cache.GetAsync(key, id, LoadAsync, ct);
        if (session is not null && Left(session) <= TimeSpan.Zero)
        {
            cache.Evict(key);
            session = await cache.GetAsync(key, id, LoadAsync, ct);
        }

        if (session is not null && renew)
        {
            await RenewAsync(id, key, session, ct);
        }

        return session;
    }

    /// <summary>Begins a session; old ones that ended by themselves are swept on the way.</summary>
    /// <param name="givenName">What the user called himself.</param>
    /// <returns>False when the user was deleted, or his password changed, since he proved who he is.</returns>
    public async Task<bool> StartAsync(string cookie, SignedInUser user, string givenName, CancellationToken ct)
    {
        var lifetime = await settings.SessionLifetimeAsync(ct);
        return await database.TransactAsync(async tx =>
        {
            // Held until the session is there, where whoever ends all of this user's sessions finds it.
            if (await tx.ScalarAsync<long?>(
                "SELECT id FROM harbor_user WHERE id = $1 AND NOT deleted AND ($2::text IS NULL OR password_hash = $2) FOR KEY SHARE", user.Id, user.Password?.Hex) is null)
            {
                return false;
            }

            await tx.ExecuteAsync("""
                DELETE FROM user_session WHERE id IN (
                    SELECT id FROM user_session WHERE expires_at < harbor_now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)
                """, SweepAtOnce);
            await tx.ExecuteAsync("""
                INSERT INTO user_session (id, user_id, sysadmin, admin_in_auth, group_ids, created_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, harbor_now(), harbor_now() + $6)
                """, Hash(cookie), user.Id, user.IsSystemAdmin, user.IsAdminBySignIn, user.Groups.ToArray(), lifetime);
            await tx.PublishAsync(new UserSignedIn(user.Id, user.Username, givenName));
            return true;
        }, ct);
    }

    /// <summary>Ends the session behind a cookie, on every replica. Nothing happens when there is none.</summary>
    /// <param name="signsOut">Whether its user asked for that; else it only makes room for a new one.</param>
    public async Task EndAsync(string cookie, bool signsOut, CancellationToken ct)
    {
        var id = Hash(cookie);
        await database.TransactAsync(async tx =>
        {
            var ended = await tx.ListAsync("""
                DELETE FROM user_session WHERE id = $1
                RETURNING user_id, (SELECT username FROM harbor_user u WHERE u.id = user_id), expires_at > harbor_now()
                """, row => (UserId: row.GetInt64(0), Username: row.GetString(1), WasAlive: row.GetBoolean(2)), id);
            foreach (var session in ended)
            {
                if (signsOut && session.WasAlive)
                {
                    await tx.PublishAsync(new UserSignedOut(session.UserId, session.Username));
                }

                await tx.EvictAsync(Key(id));
            }
        }, ct);
        feed.EvictLocally(Key(id));
    }

    /// <summary>Ends all sessions of a user, but for the one behind <paramref name="keptCookie"/>. Answers the keys to evict after the commit.</summary>
    public static async Task<List<string>> EndAllAsync(Transaction tx, long userId, string? keptCookie)
    {
        var kept = keptCookie is null ? [] : Hash(keptCookie);
        var ended = await tx.ListAsync(
            "DELETE FROM user_session WHERE user_id = $1 AND id <> $2 RETURNING id", row => Key(row.GetFieldValue<byte[]>(0)), userId, kept);
        foreach (var key in ended)
        {
            await tx.EvictAsync(key);
        }

        return ended;
    }

    /// <summary>Has what is remembered of a user's sessions read again. Answers the keys to evict after the commit.</summary>
    public static async Task<List<string>> EvictAllAsync(Transaction tx, long userId)
    {
        var keys = await tx.ListAsync("SELECT id FROM user_session WHERE user_id = $1", row => Key(row.GetFieldValue<byte[]>(0)), userId);
        await tx.EvictAsync(keys);
        return keys;
    }

    private TimeSpan Left(SessionFact session) => session.Left - clock.GetElapsedTime(session.ReadAt);

    private async Task RenewAsync(byte[] id, string key, SessionFact session, CancellationToken ct)
    {
        var lifetime = await settings.SessionLifetimeAsync(ct);
        if (Left(session) is var left && left > lifetime - RenewalInterval && left <= lifetime)   // longer, when the setting was shortened
        {
            return;
        }

        await using var command = database.Command("UPDATE user_session SET expires_at = harbor_now() + $2 WHERE id = $1 AND expires_at > harbor_now()").With(id, lifetime);
        await command.ExecuteNonQueryAsync(ct);
        cache.Evict(key);
    }

    private async Task<SessionFact?> LoadAsync(byte[] id, CancellationToken ct)
    {
        await using var command = database.Command("""
            SELECT s.user_id, u.username, s.sysadmin, s.admin_in_auth, s.group_ids, s.expires_at - harbor_now()
            FROM user_session s JOIN harbor_user u ON u.id = s.user_id
            WHERE s.id = $1 AND s.expires_at > harbor_now() AND NOT u.deleted
            """).With(id);
        return await command.FindAsync(Read, ct);
    }

    private SessionFact Read(NpgsqlDataReader row) => new(
        new SignedInUser(row.GetInt64(0), row.GetString(1), row.GetBoolean(2)) { IsAdminBySignIn = row.GetBoolean(3), Groups = row.GetFieldValue<long[]>(4) },
        clock.GetTimestamp(),
        row.GetTimeSpan(5));

    private static byte[] Hash(string cookie) => SHA256.HashData(Encoding.UTF8.GetBytes(cookie));
}
