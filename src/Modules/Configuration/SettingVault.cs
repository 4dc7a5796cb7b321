using System.Security.Cryptography;
using System.Text;
using Harbor.Platform.Data;
using Harbor.Platform.Security;

namespace Harbor.Modules.Configuration;

/// <summary>Reads and writes the stored texts of settings; those of secret ones are encrypted.</summary>
internal sealed class SettingVault(SecretBox box)
{
    public async Task<SettingValues> LoadAsync(Database database, CancellationToken ct)
    {
        await using var command = database.Command("SELECT name, value FROM setting");
        return Open(await command.ListAsync(row => (row.GetString(0), row.GetString(1)), ct));
    }

    public async Task<SettingValues> LoadAsync(Transaction tx) =>
        Open(await tx.ListAsync("SELECT name, value FROM setting", row => (row.GetString(0), row.GetString(1))));

    public Task StoreAsync(Transaction tx, IReadOnlyDictionary<Setting, string> changes) => tx.ExecuteAsync("""
        INSERT INTO setting (name, value) SELECT name, value FROM unnest($1::text[], $2::text[]) AS given (name, value)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """, changes.Keys.Select(setting => setting.Name).ToArray(), changes.Select(change => Close(change.Key, change.Value)).ToArray());

    private SettingValues Open(IEnumerable<(string Name, string Value)> rows)
    {
        var secrets = KnownSettings.All.Where(setting => setting.IsSecret).Select(setting => setting.Name).ToHashSet(StringComparer.Ordinal);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in rows)
        {
            if (!secrets.Contains(name))
            {
                texts[name] = value;
            }
            else if (FindSecret(name, value) is { } text)
            {
                texts[name] = text;
            }
        }

        return new SettingValues(texts);
    }

    private string Close(Setting setting, string text) =>
        setting.IsSecret ? Convert.ToBase64String(box.Encrypt(Encoding.UTF8.GetBytes(text), Purpose(setting.Name))) : text;

    // What does not open makes no sense, and the default stands, as for every setting.
    private string? FindSecret(string name, string value)
    {
        try
        {
            return Encoding.UTF8.GetString(box.Decrypt(Convert.FromBase64String(value), Purpose(name)));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }

    private static string Purpose(string name) => $"setting:{name}";
}
