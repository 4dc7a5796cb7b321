using System.Text.RegularExpressions;

namespace Harbor.Modules.Robots;

/// <summary>What a robot may be called. The full name of a project's robot is <c>project+name</c>, that of another its name.</summary>
internal static partial class RobotName
{
    public const int MaxLength = 255;

    private const char Separator = '+';

    public static bool IsValid(string? name) => name is { Length: > 0 and <= MaxLength } && Grammar().IsMatch(name);

    /// <summary>Whether there can be a robot of this full name.</summary>
    public static bool IsFull(string name) => name.Split(Separator, 3) switch
    {
        [var own] => IsValid(own),
        [var project, var own] => IsValid(project) && IsValid(own),   // projects are named by the same grammar
        _ => false,
    };

    /// <param name="project">Null: a robot of the system.</param>
    public static string Full(string? project, string name) => project is null ? name : $"{project}{Separator}{name}";

    // \z and not $: the latter lets a line feed pass at the end.
    [GeneratedRegex(@"^[a-z0-9]+(?:[._-][a-z0-9]+)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Grammar();
}
