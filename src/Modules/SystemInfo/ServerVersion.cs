using System.Reflection;

namespace Harbor.Modules.SystemInfo;

/// <summary>The release that is running, as Harbor's clients read it: <c>vX.Y.Z-commit</c>.</summary>
internal static class ServerVersion
{
    private const int CommitLength = 8;

    public static string Text { get; } = Of(typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);

    /// <param name="informational">Such as <c>2.16.0+9f86d081884c</c>; a build outside a repository has no commit.</param>
    internal static string Of(string informational)
    {
        var parts = informational.Split('+', 2);
        return parts is [var release, { Length: > 0 } commit] ? $"v{release}-{commit[..Math.Min(CommitLength, commit.Length)]}" : $"v{parts[0]}";
    }
}
