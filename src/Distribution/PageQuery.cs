using System.Globalization;
using Harbor.Oci;
using Microsoft.AspNetCore.Http;

namespace Harbor.Distribution;

/// <summary>The page that <c>n</c> and <c>last</c> ask for.</summary>
/// <param name="Size">Entries at most.</param>
/// <param name="Last">The entry after which the page starts; null from the beginning.</param>
/// <remarks>Source: OCI distribution-spec 1.1, "Listing Tags".</remarks>
internal readonly record struct PageQuery(int Size, string? Last)
{
    /// <summary>Most that one answer lists; a client that wants more follows the Link.</summary>
    public const int MaxSize = 10_000;

    /// <summary>Whether the request gives a count at all.</summary>
    public static bool IsCounted(HttpRequest request) => !string.IsNullOrEmpty(request.Query["n"]);

    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: <c>n</c> is no number, or negative.</exception>
    public static PageQuery Read(HttpRequest request)
    {
        var last = request.Query["last"].ToString();
        if (!IsCounted(request))
        {
            return new PageQuery(MaxSize, last.Length > 0 ? last : null);
        }

        var text = request.Query["n"].ToString();
        if (text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw new RegistryException(ErrorCode.BadRequest, "the N must be a positive int type");
        }

        var size = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
        return new PageQuery(Math.Min(size, MaxSize), last.Length > 0 ? last : null);
    }

    /// <summary>Points to the page after this one.</summary>
    public void SetNext(HttpResponse response, string path, string last) =>
        response.Headers.Link = $"<{path}?last={Uri.EscapeDataString(last)}&n={Size}>; rel=\"next\"";
}
