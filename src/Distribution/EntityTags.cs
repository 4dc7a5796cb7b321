using Harbor.Oci;
using Microsoft.Extensions.Primitives;

namespace Harbor.Distribution;

/// <summary>Entity tags: a content's digest in quotes. Source: RFC 9110, section 8.8.3.</summary>
internal static class EntityTags
{
    public static string Of(Digest digest) => $"\"{digest}\"";

    /// <summary>Whether a header such as <c>If-None-Match</c> names the content. The digest without quotes counts, as in Harbor.</summary>
    public static bool Matches(StringValues header, Digest digest)
    {
        foreach (var line in header)
        {
            foreach (var part in (line ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var tag = part.StartsWith("W/", StringComparison.Ordinal) ? part.AsSpan(2) : part;
                if (tag is "*" || tag.Trim('"').SequenceEqual(digest.Value))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
