using System.Collections.Frozen;
using System.Text;

namespace Harbor.Modules.ApiDescription;

/// <summary>One line of prose for each operation and for the parameters that many share: <c>summaries.txt</c>.</summary>
internal static class Summaries
{
    private static readonly FrozenDictionary<string, string> All = Read();

    /// <summary>The operation's own name when nobody wrote a line.</summary>
    public static string Of(string operation) => All.GetValueOrDefault(operation, operation);

    public static bool Has(string operation) => All.ContainsKey(operation);

    public static string? OfParameter(string name) => All.GetValueOrDefault($"={name}");

    private static FrozenDictionary<string, string> Read()
    {
        using var reader = new StreamReader(typeof(Summaries).Assembly.GetManifestResourceStream("Harbor.Modules.ApiDescription.summaries.txt")!, Encoding.UTF8);
        return reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(' ', 2)).ToFrozenDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
    }
}
