using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Harbor.Platform.Http.Binding;

/// <summary>Whether the caller takes what an operation produces.</summary>
internal static class AcceptHeader
{
    private static readonly string[] Json = [JsonAnswer.ContentType];

    public static void Check(HttpContext http, RequestProblems problems)
    {
        var accept = http.Request.Headers.Accept;
        if (accept is [] or ["*/*"] || !MediaTypeHeaderValue.TryParseList(accept, out var taken))
        {
            return;
        }

        var offered = Offered(http);
        if (taken.Count > 0 && !offered.Any(type => taken.Any(range => range.Quality != 0 && new MediaTypeHeaderValue(type).IsSubsetOf(WithoutParameters(range)))))
        {
            problems.Add($"unsupported media type requested, only [{string.Join(' ', offered)}] are available");
        }
    }

    // Operations without a body still promise JSON for their refusals.
    private static string[] Offered(HttpContext http)
    {
        var types = http.GetEndpoint()?.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>()
            .SelectMany(answer => answer.ContentTypes).Distinct(StringComparer.Ordinal).ToArray();
        return types is { Length: > 0 } ? types : Json;
    }

    private static MediaTypeHeaderValue WithoutParameters(MediaTypeHeaderValue range) => new(range.MediaType);
}
