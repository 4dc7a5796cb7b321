using Harbor.Modules.Access;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Harbor.Platform.Settings;

namespace Harbor.Modules.Configuration;

/// <summary>Changes settings: all that are named, or none.</summary>
internal sealed class ConfigurationChanges(
    Database database, ChangeFeed feed, SettingVault vault, Settings settings, IUserPresence users, HarborOptions options, TimeProvider clock)
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    /// <summary>Whether the operator's environment says what the settings are, so that nobody changes them here.</summary>
    public bool IsOverwritten => options.ConfigOverwrite is not null;

    /// <summary>Whether the way of signing in may be changed now.</summary>
    public async Task<bool> IsAuthModeEditableAsync(CancellationToken ct) => !IsOverwritten && !await users.HaveUsersAsync(ct);

    /// <param name="wanted">Values as they came.</param>
    /// <exception cref="Oci.RegistryException"><c>FORBIDDEN</c>: the environment says what they are. <c>BAD_REQUEST</c>: a value, or how they fit together, is at fault.</exception>
    public async Task UpdateAsync(SecurityContext by, IReadOnlyDictionary<Setting, string> wanted, CancellationToken ct)
    {
        if (IsOverwritten)
        {
            throw ConfigurationErrors.Overwritten();
        }

        var changes = Accept(wanted);
        await CheckForwardingAsync(changes, ct);   // before the transaction, which never waits for a peer
        await ApplyAsync(by, changes, ct);
    }

    /// <summary>Does what <c>CONFIG_OVERWRITE_JSON</c> says. A log collector that is down must not keep a registry from starting, so it is not asked.</summary>
    /// <exception cref="Oci.RegistryException">As from <see cref="UpdateAsync"/>.</exception>
    public Task OverwriteAsync(IReadOnlyDictionary<Setting, string> wanted, CancellationToken ct) => ApplyAsync(null, Accept(wanted), ct);

    /// <summary>Sets what nobody has set yet.</summary>
    public async Task SeedAsync(Setting setting, string text, CancellationToken ct)
    {
        await using var command = database.Command("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING").With(setting.Name, setting.Accept(text));
        await command.ExecuteNonQueryAsync(ct);
    }

    private static Dictionary<Setting, string> Accept(IReadOnlyDictionary<Setting, string> wanted) =>
        wanted.ToDictionary(change => change.Key, change => change.Key.Accept(change.Value));

    /// <param name="by">Null: the operator, who is no caller.</param>
    private async Task ApplyAsync(SecurityContext? by, Dictionary<Setting, string> changes, CancellationToken ct)
    {
        if (changes.Count == 0)
        {
            return;
        }

        await database.TransactAsync(async tx =>
        {
            // One writer at a time, and nobody waits for it to read: what follows judges the values as they are going to stand. Whoever
            // becomes a local user holds them as well: he is here by now, or will see the new way of signing in.
            await tx.ExecuteAsync("LOCK TABLE setting IN SHARE ROW EXCLUSIVE MODE");
            var before = await vault.LoadAsync(tx);
            var after = before.With(changes);
            if (before.Get(KnownSettings.AuthMode) != after.Get(KnownSettings.AuthMode) && await users.HaveUsersAsync(tx))
            {
                throw ConfigurationErrors.AuthModeFixed();
            }

            KnownSettings.CheckTogether(after, changes);
            await vault.StoreAsync(tx, changes);
            if (by is not null)
            {
                await tx.PublishAsync(new ConfigurationUpdated([.. changes.Keys.Select(setting => setting.Name).Order(StringComparer.Ordinal)], by.RecordedName));
            }

            await tx.EvictAsync(Settings.CacheKey);
        }, ct);
        feed.EvictLocally(Settings.CacheKey);
    }

    private async Task CheckForwardingAsync(Dictionary<Setting, string> changes, CancellationToken ct)
    {
        var setting = KnownSettings.AuditLogForwardEndpoint;
        if (changes.TryGetValue(setting, out var wanted)
            && SyslogAddress.TryParse(wanted, out var address)
            && wanted != await settings.GetAsync(setting, ct)
            && !await address.IsReachableAsync(ConnectPatience, clock, ct))
        {
            throw ConfigurationErrors.Unreachable(setting);
        }
    }
}
