using System.Globalization;
using Harbor.Modules.Access.Tokens;
using Harbor.Platform.Data;
using Harbor.Platform.Events;

namespace Harbor.Modules.Configuration;

/// <summary>Reads the settings that an administrator changes while the server runs.</summary>
/// <remarks>Whoever writes a setting evicts <see cref="Key"/>, in the same transaction: absence is cached here.</remarks>
public sealed class Settings(Database database, ChangeFeed feed) : ITokenLifetime
{
    private const string KeyPrefix = "setting:";
    private const int Capacity = 1000;

    private readonly FactCache<Stored> cache = new(feed, KeyPrefix, Capacity);

    /// <summary>Key of the fact what a setting is.</summary>
    public static string Key(string name) => KeyPrefix + name;

    /// <summary>How long a bearer token is good (<c>token_expiration</c>, minutes). Default 30.</summary>
    public ValueTask<TimeSpan> TokenLifetimeAsync(CancellationToken ct) => MinutesAsync("token_expiration", 30, ct);

    /// <summary>How long a session lives without a request (<c>session_timeout</c>, minutes). Default 60.</summary>
    public ValueTask<TimeSpan> SessionLifetimeAsync(CancellationToken ct) => MinutesAsync("session_timeout", 60, ct);

    /// <summary>Whether visitors of the portal may make themselves an account (<c>self_registration</c>). Default no.</summary>
    public async ValueTask<bool> SelfRegistrationAsync(CancellationToken ct) => await FindAsync("self_registration", ct) == "true";

    /// <summary>Where users come from (<c>auth_mode</c>). Default <c>db_auth</c>: the registry's own database.</summary>
    public async ValueTask<string> AuthModeAsync(CancellationToken ct) => await FindAsync("auth_mode", ct) ?? "db_auth";

    private async ValueTask<TimeSpan> MinutesAsync(string name, int standard, CancellationToken ct) =>
        TimeSpan.FromMinutes(int.TryParse(await FindAsync(name, ct), CultureInfo.InvariantCulture, out var minutes) && minutes > 0 ? minutes : standard);

    private async ValueTask<string?> FindAsync(string name, CancellationToken ct) => (await cache.GetAsync(Key(name), name, LoadAsync, ct))?.Text;

    private async Task<Stored?> LoadAsync(string name, CancellationToken ct)
    {
        await using var command = database.Command("SELECT value FROM setting WHERE name = $1").With(name);
        return new Stored(await command.ExecuteScalarAsync(ct) as string);
    }

    /// <param name="Text">Null: never set.</param>
    private sealed record Stored(string? Text);
}
