using System.Diagnostics.CodeAnalysis;

namespace Harbor.Modules.Immutability;

/// <summary>What a pattern says of one segment of a name, that is of text without a slash.</summary>
internal sealed class GlobSegment
{
    // One step: any run of characters (null), or one character that the test lets pass.
    private readonly Predicate<char>?[] steps;

    private GlobSegment(Predicate<char>?[] steps) => this.steps = steps;

    /// <param name="text">A part of a pattern, without alternatives and without a slash that separates.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out GlobSegment? segment)
    {
        segment = null;
        var steps = new List<Predicate<char>?>();
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '*':
                    if (steps is not [.., null])
                    {
                        steps.Add(null);
                    }

                    break;
                case '?':
                    steps.Add(_ => true);
                    break;
                case '[':
                    if (ReadClass(text, ref at) is not { } test)
                    {
                        return false;
                    }

                    steps.Add(test);
                    break;
                case '\\':
                    if (++at == text.Length)
                    {
                        return false;
                    }

                    steps.Add(Only(text[at]));
                    break;
                default:
                    steps.Add(Only(text[at]));
                    break;
            }
        }

        segment = new GlobSegment([.. steps]);
        return true;
    }

    public bool IsMatch(string text)
    {
        var (at, of) = (0, 0);
        var (star, resume) = (-1, 0);
        while (of < text.Length)
        {
            if (at < steps.Length && steps[at] is null)
            {
                (star, resume) = (at++, of);
            }
            else if (at < steps.Length && steps[at]!(text[of]))
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

        return at == steps.Length || (at == steps.Length - 1 && steps[at] is null);
    }

    private static Predicate<char> Only(char wanted) => c => c == wanted;

    // Stands at '[' before and at ']' after; null when the class is malformed.
    private static Predicate<char>? ReadClass(string text, ref int at)
    {
        at++;
        var negated = at < text.Length && text[at] == '^';
        if (negated)
        {
            at++;
        }

        var ranges = new List<(char Low, char High)>();
        while (at < text.Length && text[at] != ']')
        {
            if (ReadCharacter(text, ref at) is not { } low)
            {
                return null;
            }

            var high = low;
            if (at < text.Length && text[at] == '-')
            {
                at++;
                if (ReadCharacter(text, ref at) is not { } end || end < low)
                {
                    return null;
                }

                high = end;
            }

            ranges.Add((low, high));
        }

        return at == text.Length || ranges.Count == 0 ? null : c => ranges.Exists(range => range.Low <= c && c <= range.High) != negated;
    }

    private static char? ReadCharacter(string text, ref int at)
    {
        if (at < text.Length && text[at] == '\\')
        {
            at++;
        }
        else if (at < text.Length && text[at] is ('-' or ']'))
        {
            return null;
        }

        return at < text.Length ? text[at++] : null;
    }
}
