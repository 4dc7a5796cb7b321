using System.Diagnostics.CodeAnalysis;

namespace Harbor.Oci;

/// <summary>A repository's full name. Its first segment is the Harbor project, the rest the repository within it.</summary>
/// <remarks>
/// Grammar of OCI distribution-spec 1.1, "Pulling manifests": segments of lower-case letters and digits, joined inside by one
/// <c>.</c>, one or two <c>_</c>, or any number of <c>-</c>; segments joined by <c>/</c>. 255 characters at most.
/// </remarks>
public readonly record struct RepositoryName
{
    public const int MaxLength = 255;

    private readonly string? value;

    private RepositoryName(string value)
    {
        this.value = value;
    }

    public string Value => value ?? throw new InvalidOperationException("This repository name was never set.");

    /// <summary>The text before the first slash; the whole name when there is none.</summary>
    public string Project => Value.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? Value[..slash] : Value;

    /// <summary>The text after the first slash; empty when there is none.</summary>
    public string Path => Value.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? Value[(slash + 1)..] : string.Empty;

    /// <summary>Whether the name has both a project and a repository, as Harbor demands.</summary>
    public bool HasProject => Value.Contains('/', StringComparison.Ordinal);

    public static bool TryParse([NotNullWhen(true)] string? text, out RepositoryName name)
    {
        var valid = text is { Length: > 0 and <= MaxLength } && Matches(text);
        name = valid ? new RepositoryName(text!) : default;
        return valid;
    }

    public override string ToString() => value ?? string.Empty;

    private static bool Matches(ReadOnlySpan<char> text)
    {
        var at = 0;
        while (true)
        {
            if (at == text.Length || !IsAlphanumeric(text[at]))
            {
                return false;   // every segment and every joined part opens with a letter or digit
            }

            while (at < text.Length && IsAlphanumeric(text[at]))
            {
                at++;
            }

            if (at == text.Length)
            {
                return true;
            }

            var joiner = JoinerLength(text[at..]);
            if (joiner == 0)
            {
                return false;
            }

            at += joiner;
        }
    }

    private static int JoinerLength(ReadOnlySpan<char> text) => text[0] switch
    {
        '/' or '.' => 1,
        '_' => text.Length > 1 && text[1] == '_' ? 2 : 1,
        '-' => text.IndexOfAnyExcept('-') is var end and >= 0 ? end : text.Length,
        _ => 0,
    };

    private static bool IsAlphanumeric(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');
}
