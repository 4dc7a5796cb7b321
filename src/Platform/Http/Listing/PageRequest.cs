using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http;

namespace Harbor.Platform.Http.Listing;

/// <summary>Which part of a list the caller wants: <c>page</c> from 1, <c>page_size</c> 10 unless given, 100 at most.</summary>
/// <remarks>Harbor's rules: a page below 1 is the first one; a size of 0 or less means everything.</remarks>
public sealed record PageRequest(long Page, long Size) : IApiParameters<PageRequest>
{
    public const long DefaultSize = 10;
    public const long MaxSize = 100;

    private static readonly ApiParameter PageParameter = ApiParameter.Number("page", standard: 1);
    private static readonly ApiParameter SizeParameter = ApiParameter.Number("page_size", DefaultSize, MaxSize);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [PageParameter, SizeParameter];

    public bool IsLimited => Size > 0;

    /// <summary>Rows to pass over; as large as a number can be when page and size are absurd.</summary>
    public long Offset => IsLimited && Page > 1 ? (long)Int128.Min((Int128)(Page - 1) * Size, long.MaxValue) : 0;

    public static PageRequest Read(HttpContext http) => new(PageParameter.ReadNumber(http), SizeParameter.ReadNumber(http));
}
