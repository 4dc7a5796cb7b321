using System.Globalization;
using Harbor.Contracts;

namespace Harbor.Modules.Configuration;

/// <summary>Reads which settings a request names.</summary>
internal static class ConfigurationRequests
{
    private static readonly Dictionary<string, Setting> Settable = KnownSettings.All.Where(setting => setting.IsSettable).ToDictionary(setting => setting.Name);

    /// <summary>Texts of those that are there; null is as good as absent.</summary>
    public static Dictionary<Setting, string> Read(ConfigurationsRequest request)
    {
        var wanted = new Dictionary<Setting, string>();
        foreach (var property in HarborJson.TypeInfo<ConfigurationsRequest>().Properties)
        {
            if (TextOf(property.Get!(request)) is { } text)
            {
                wanted[Settable[property.Name]] = text;
            }
        }

        return wanted;
    }

    private static string? TextOf(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => (string?)value,
    };
}
