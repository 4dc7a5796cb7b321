using FsCheck;
using FsCheck.Fluent;
using Harbor.Distribution;
using Harbor.Oci;
using Harbor.Unit.Oci;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace Harbor.Unit.Distribution;

public sealed class PageQueryTests
{
    [Theory]
    [InlineData("", PageQuery.MaxSize, null)]
    [InlineData("?n=", PageQuery.MaxSize, null)]
    [InlineData("?n=5", 5, null)]
    [InlineData("?n=0", 0, null)]
    [InlineData("?n=0005", 5, null)]
    [InlineData("?n=5&last=v1", 5, "v1")]
    [InlineData("?last=v1", PageQuery.MaxSize, "v1")]
    [InlineData("?n=5&last=", 5, null)]
    [InlineData("?n=10001", PageQuery.MaxSize, null)]
    [InlineData("?n=2147483648", PageQuery.MaxSize, null)]
    [InlineData("?n=99999999999999999999999999", PageQuery.MaxSize, null)]
    public void A_page_is_what_the_query_asks_for_and_never_more_than_the_limit(string query, int size, string? last) =>
        Assert.Equal(new PageQuery(size, last), Read(query));

    [Theory]
    [InlineData("?n=-1")]
    [InlineData("?n=-0")]
    [InlineData("?n=+1")]
    [InlineData("?n=1.5")]
    [InlineData("?n=1e3")]
    [InlineData("?n=0x10")]
    [InlineData("?n=abc")]
    [InlineData("?n=%20")]
    [InlineData("?n=1&n=2")]
    [InlineData("?n=%D9%A3")]
    [InlineData("?n=1%00")]
    public void What_is_no_count_is_refused(string query)
    {
        var refused = Assert.Throws<RegistryException>(() => Read(query));

        Assert.Equal((ErrorCode.BadRequest, "the N must be a positive int type"), (refused.Code, refused.Message));
    }

    [Fact]
    public void Any_count_is_either_bounded_or_refused() =>
        HostileText.Check(Prop.ForAll(HostileText.UpTo(40), text =>
        {
            try
            {
                return Read(QueryHelpers.AddQueryString("", "n", text)).Size is >= 0 and <= PageQuery.MaxSize;
            }
            catch (RegistryException e)
            {
                return e.Code == ErrorCode.BadRequest;
            }
        }));

    [Fact]
    public void The_link_to_the_next_page_leads_to_the_entry_after_the_last_whatever_it_is_called()
    {
        var last = HostileText.UpTo(40).Filter(text => text.Length > 0 && !text.Contains('\ud83d', StringComparison.Ordinal));
        HostileText.Check(Prop.ForAll(last, ArbMap.Default.ArbFor<PositiveInt>(), (text, n) =>
        {
            var size = Math.Min(n.Get, PageQuery.MaxSize);
            var http = new DefaultHttpContext();
            new PageQuery(size, null).SetNext(http.Response, "/v2/library/web/tags/list", text);
            var link = http.Response.Headers.Link.ToString();
            const string Rel = ">; rel=\"next\"";
            var target = link[1..^Rel.Length];
            return link.StartsWith('<') && link.EndsWith(Rel, StringComparison.Ordinal)
                && target.StartsWith("/v2/library/web/tags/list?last=", StringComparison.Ordinal)
                && Read(target[target.IndexOf('?', StringComparison.Ordinal)..]) == new PageQuery(size, text);
        }));
    }

    private static PageQuery Read(string query)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        return PageQuery.Read(http.Request);
    }
}
