using System.Text.RegularExpressions;

namespace Harbor.Modules.Projects;

/// <summary>What a project may be called.</summary>
internal static partial class ProjectName
{
    public const int MaxLength = 255;

    public static bool IsValid(string? name) => name is { Length: > 0 and <= MaxLength } && Grammar().IsMatch(name);

    // \z and not $: the latter lets a line feed pass at the end.
    [GeneratedRegex(@"^[a-z0-9]+(?:[._-][a-z0-9]+)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Grammar();
}
