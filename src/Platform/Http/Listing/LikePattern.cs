namespace Harbor.Platform.Http.Listing;

/// <summary>Patterns for SQL's LIKE, whose escape character is the backslash.</summary>
public static class LikePattern
{
    /// <summary>Finds <paramref name="text"/> literally, wherever it stands.</summary>
    public static string Containing(string text) =>
        $"%{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";
}
