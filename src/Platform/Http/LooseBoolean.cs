using System.Collections.Frozen;

namespace Harbor.Platform.Http;

/// <summary>Booleans in queries and headers, as Harbor reads them: some words mean true, everything else is false, nothing is an error.</summary>
public static class LooseBoolean
{
    private static readonly FrozenSet<string> True = FrozenSet.ToFrozenSet(
        ["true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"], StringComparer.OrdinalIgnoreCase);

    public static bool IsTrue(string? text) => text is not null && True.Contains(text);
}
