using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Harbor.Platform.Http.Listing;

/// <summary>The <c>Link</c> header of a list: where its previous and next pages are.</summary>
internal static class PageLinks
{
    /// <summary>Such as <c>&lt;/api/v2.0/projects?page=1&amp;page_size=10&gt;; rel="prev" , &lt;…&gt;; rel="next"</c>; null when there is neither.</summary>
    public static string? Create(string path, IQueryCollection query, PageRequest page, long total)
    {
        if (page.Size == 0)
        {
            return null;
        }

        var links = new List<string>(2);
        if (page.Page > 1 && (Int128)(page.Page - 1) * page.Size < total)
        {
            links.Add($"<{Address(path, query, page, (Int128)page.Page - 1)}>; rel=\"prev\"");
        }

        if ((Int128)page.Page * page.Size < total)
        {
            links.Add($"<{Address(path, query, page, (Int128)page.Page + 1)}>; rel=\"next\"");
        }

        return links.Count == 0 ? null : string.Join(" , ", links);
    }

    private static string Address(string path, IQueryCollection query, PageRequest page, Int128 number)
    {
        var parameters = query
            .Where(pair => pair.Key is not ("page" or "page_size"))
            .SelectMany(pair => pair.Value.Select(value => (pair.Key, Value: value ?? string.Empty)))
            .Append(("page", number.ToString(CultureInfo.InvariantCulture)))
            .Append(("page_size", page.Size.ToString(CultureInfo.InvariantCulture)))
            .OrderBy(pair => pair.Item1, StringComparer.Ordinal);

        var address = new StringBuilder(path);
        var separator = '?';
        foreach (var (key, value) in parameters)
        {
            address.Append(separator);
            AppendPlain(address, key);
            address.Append('=');
            AppendPlain(address, value);
            separator = '&';
        }

        return address.ToString();
    }

    /// <summary>Harbor writes queries unescaped. So do we, but for what would break the header or change the meaning of the address.</summary>
    private static void AppendPlain(StringBuilder address, string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~' and not ('&' or '#' or '%' or '+' or '<' or '>' or '"' or '\\'))
            {
                address.Append((char)rune.Value);
            }
            else
            {
                address.Append(Uri.EscapeDataString(rune.ToString()));
            }
        }
    }
}
