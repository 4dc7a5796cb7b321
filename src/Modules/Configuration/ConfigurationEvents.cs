using Harbor.Platform.Events;

namespace Harbor.Modules.Configuration;

/// <summary>An administrator changed settings. Their values are not told: some are secrets.</summary>
/// <param name="Names">Those that he set.</param>
public sealed record ConfigurationUpdated(IReadOnlyList<string> Names, string By) : IDomainEvent
{
    public static string Kind => "configuration.updated";
}
