namespace Harbor.Modules.Immutability;

/// <summary>Writes out the <c>{a,b}</c> of a pattern: <c>v{1,2}.*</c> becomes <c>v1.*</c> and <c>v2.*</c>.</summary>
internal static class GlobAlternatives
{
    /// <summary>Longest sum of all that is written out, in characters. Nested alternatives multiply.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>The patterns without alternatives; null when a brace is open, or when there is too much of them.</summary>
    public static IReadOnlyList<string>? Expand(string pattern)
    {
        List<string> pending = [pattern];
        List<string> done = [];
        var total = 0;
        while (pending.Count > 0)
        {
            var text = pending[^1];
            pending.RemoveAt(pending.Count - 1);
            if (!TryFindFirst(text, out var open, out var commas, out var close))
            {
                return null;
            }

            // What is pending counts, too: it holds no less than what becomes of it.
            if (open < 0)
            {
                done.Add(text);
                total += text.Length + 1;
            }
            else
            {
                int[] ends = [open, .. commas, close];
                for (var each = 1; each < ends.Length; each++)
                {
                    pending.Add(string.Concat(text.AsSpan(0, open), text.AsSpan(ends[each - 1] + 1, ends[each] - ends[each - 1] - 1), text.AsSpan(close + 1)));
                }
            }

            if (total > MaxLength || pending.Count > MaxLength / 2)
            {
                return null;
            }
        }

        return done;
    }

    // The first brace that is meant as one, the commas right in it, and the brace that closes it; -1 when there is none.
    private static bool TryFindFirst(string text, out int open, out List<int> commas, out int close)
    {
        (open, commas, close) = (-1, [], -1);
        var (depth, inClass) = (0, false);
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
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
                case '{' when !inClass:
                    open = depth++ == 0 ? at : open;
                    break;
                case ',' when !inClass && depth == 1:
                    commas.Add(at);
                    break;
                case '}' when !inClass && depth > 0:
                    if (--depth == 0)
                    {
                        close = at;
                        return true;
                    }

                    break;
            }
        }

        return depth == 0;
    }
}
