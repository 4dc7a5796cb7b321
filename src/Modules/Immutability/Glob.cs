using System.Diagnostics.CodeAnalysis;

namespace Harbor.Modules.Immutability;

/// <summary>A doublestar pattern, as rules use them to name tags and repositories.</summary>
/// <remarks>
/// <c>*</c> is any run of characters without a slash, <c>?</c> one such character, <c>[a-z]</c> one of a class and <c>[^a-z]</c> one
/// that is not in it, <c>{a,b}</c> one of several, <c>**</c> as a whole segment any number of segments, and at the end one at least.
/// A backslash takes the next character as it is. Alternatives are written out first, so they may hold slashes and each other.
/// Matching costs at most the length of the pattern times that of the name.
/// </remarks>
public sealed class Glob
{
    private const string AnySegments = "**";

    private readonly GlobSegment?[][] alternatives;   // null: any number of segments

    private Glob(GlobSegment?[][] alternatives) => this.alternatives = alternatives;

    /// <summary>Reads a pattern; false when it is malformed, or when its alternatives written out are too long.</summary>
    public static bool TryParse(string pattern, [NotNullWhen(true)] out Glob? glob)
    {
        glob = null;
        if (GlobAlternatives.Expand(pattern) is not { } written)
        {
            return false;
        }

        var alternatives = new List<GlobSegment?[]>();
        foreach (var text in written)
        {
            var segments = new List<GlobSegment?>();
            foreach (var part in Split(text))
            {
                if (part == AnySegments)
                {
                    segments.Add(null);
                }
                else if (GlobSegment.TryParse(part, out var segment))
                {
                    segments.Add(segment);
                }
                else
                {
                    return false;
                }
            }

            alternatives.Add([.. segments]);
        }

        glob = new Glob([.. alternatives]);
        return true;
    }

    public bool IsMatch(string name)
    {
        var segments = name.Split('/');
        return Array.Exists(alternatives, pattern => IsMatch(pattern, segments));
    }

    // Two hands: when a segment does not fit, the last "any number" takes one more.
    private static bool IsMatch(GlobSegment?[] pattern, string[] name)
    {
        var (at, of) = (0, 0);
        var (star, resume) = (-1, 0);
        while (of < name.Length)
        {
            if (at < pattern.Length && pattern[at] is null)
            {
                (star, resume) = (at++, of);
            }
            else if (at < pattern.Length && pattern[at]!.IsMatch(name[of]))
            {
                (at, of) = (at + 1, of + 1);
            }
            else if (star >= 0)
            {
                (at, of) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return at == pattern.Length;   // an "any number" that nothing is left for matches nothing: "a/**" is not "a"
    }

    // At slashes, but not at one that is taken as it is or stands in a class.
    private static List<string> Split(string pattern)
    {
        var (parts, start, inClass) = (new List<string>(), 0, false);
        for (var at = 0; at < pattern.Length; at++)
        {
            switch (pattern[at])
            {
                case '\\':
                    at++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '/' when !inClass:
                    parts.Add(pattern[start..at]);
                    start = at + 1;
                    break;
            }
        }

        parts.Add(pattern[start..]);
        return parts;
    }
}
