using System.Text.Json;
using Harbor.Oci;
using Harbor.Platform;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;

namespace Harbor.Modules.Configuration;

/// <summary>Takes over what the operator's environment says of settings: <c>CONFIG_OVERWRITE_JSON</c> and <c>SKIP_LOG_AUDIT_DATABASE</c>.</summary>
internal sealed class ConfigurationStart(ConfigurationChanges changes, HarborOptions options) : IFirstStart
{
    private const string Overwrite = "CONFIG_OVERWRITE_JSON";

    /// <exception cref="StartupException">What it says cannot be used. No value is repeated: it may be a secret.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        SystemSettings.CheckEnvironment(options);
        if (options.ConfigOverwrite is { } overwrite)
        {
            try
            {
                await changes.OverwriteAsync(Read(overwrite.Reveal()), ct);
            }
            catch (RegistryException e) when (e.Code == ErrorCode.BadRequest)
            {
                throw new StartupException($"{Overwrite}: {e.Message}.", e);
            }
        }

        if (options.SkipAuditLogDatabase is { } skip)
        {
            await changes.SeedAsync(KnownSettings.SkipAuditLogDatabase, skip ? "true" : "false", ct);
        }
    }

    private static Dictionary<Setting, string> Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.EnumerateObject().ToLookup(property => property.Name).ToDictionary(
                    named => Find(named.Key),
                    named => TextOf(named.Last().Value))
                : throw new StartupException($"{Overwrite} is not a JSON object of settings.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new StartupException($"{Overwrite} is not well-formed JSON.", e);
        }
    }

    private static Setting Find(string name) =>
        KnownSettings.All.FirstOrDefault(setting => setting.Name == name)
        ?? throw new StartupException(SystemSettings.All.Any(setting => setting.Setting.Name == name || setting.Variable == name)
            ? $"{Overwrite}: {name} cannot be changed there; it comes from its own environment variable."
            : $"{Overwrite}: there is no setting {name}.");

    // Numbers and truth values may come as texts, and maps as they are.
    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
