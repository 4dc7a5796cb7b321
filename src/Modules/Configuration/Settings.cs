using Harbor.Platform.Data;
using Harbor.Platform.Events;

namespace Harbor.Modules.Configuration;

/// <summary>Reads the settings that an administrator changes while the server runs, from memory where that is safe.</summary>
/// <remarks>Whoever writes a setting evicts <see cref="CacheKey"/>, in the same transaction.</remarks>
public sealed class Settings
{
    /// <summary>Key of the one fact that all settings are.</summary>
    public const string CacheKey = "settings";

    private readonly Database database;
    private readonly SettingVault vault;
    private readonly FactCache<SettingValues> cache;
    private readonly Func<Database, CancellationToken, Task<SettingValues?>> load;

    internal Settings(Database database, ChangeFeed feed, SettingVault vault)
    {
        (this.database, this.vault) = (database, vault);
        cache = new FactCache<SettingValues>(feed, CacheKey, capacity: 1);
        load = async (from, ct) => await vault.LoadAsync(from, ct);
    }

    /// <summary>All of them, as they are now.</summary>
    public async ValueTask<SettingValues> GetAsync(CancellationToken ct) => (await cache.GetAsync(CacheKey, database, load, ct))!;

    public async ValueTask<T> GetAsync<T>(Setting<T> setting, CancellationToken ct)
        where T : notnull => (await GetAsync(ct)).Get(setting);

    /// <summary>How long a bearer token is good.</summary>
    public ValueTask<TimeSpan> TokenLifetimeAsync(CancellationToken ct) => MinutesAsync(KnownSettings.TokenExpiration, ct);

    /// <summary>How long a session lives without a request.</summary>
    public ValueTask<TimeSpan> SessionLifetimeAsync(CancellationToken ct) => MinutesAsync(KnownSettings.SessionTimeout, ct);

    /// <summary>Whether visitors of the portal may make themselves an account.</summary>
    public ValueTask<bool> SelfRegistrationAsync(CancellationToken ct) => GetAsync(KnownSettings.SelfRegistration, ct);

    /// <summary>Whether every change but that of the configuration is refused.</summary>
    public ValueTask<bool> ReadOnlyAsync(CancellationToken ct) => GetAsync(KnownSettings.ReadOnly, ct);

    /// <summary>Where users come from.</summary>
    public ValueTask<string> AuthModeAsync(CancellationToken ct) => GetAsync(KnownSettings.AuthMode, ct);

    /// <summary>The same, and it stays so until the transaction ends. Taken before every other lock.</summary>
    public async Task<string> HoldAuthModeAsync(Transaction tx)
    {
        await tx.ExecuteAsync("LOCK TABLE setting IN SHARE MODE");
        return (await vault.LoadAsync(tx)).Get(KnownSettings.AuthMode);
    }

    private async ValueTask<TimeSpan> MinutesAsync(Setting<long> setting, CancellationToken ct) => TimeSpan.FromMinutes(await GetAsync(setting, ct));
}
