using System.Text;

namespace Harbor.Platform.Http.Listing;

/// <summary>Keys of <c>q</c> and <c>sort</c>: a column's name, or the name of Harbor's field, such as <c>ProjectID</c> for <c>project_id</c>.</summary>
internal static class FilterKey
{
    /// <summary>Whether <paramref name="key"/>, as a caller wrote it, means <paramref name="column"/>.</summary>
    public static bool Names(string key, string column) => key == column || ToColumn(key) == column;

    /// <summary>Snake case of a field's name; runs of capitals are one word.</summary>
    public static string ToColumn(string key)
    {
        if (!key.Any(char.IsAsciiLetterUpper))
        {
            return key;
        }

        var column = new StringBuilder(key.Length + 4);
        for (var at = 0; at < key.Length; at++)
        {
            var startsWord = char.IsAsciiLetterUpper(key[at]) && at > 0 && key[at - 1] != '_'
                && (!char.IsAsciiLetterUpper(key[at - 1]) || (at + 1 < key.Length && char.IsAsciiLetterLower(key[at + 1])));
            if (startsWord)
            {
                column.Append('_');
            }

            column.Append(char.ToLowerInvariant(key[at]));
        }

        return column.ToString();
    }
}
