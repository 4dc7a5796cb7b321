using Harbor.Oci;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Harbor.Unit.Http;

public sealed class PageTests
{
    [Theory]
    [InlineData("", 1, 10, 0)]
    [InlineData("?page=3&page_size=20", 3, 20, 40)]
    [InlineData("?page=&page_size=", 1, 10, 0)]
    [InlineData("?page=0", 0, 10, 0)]
    [InlineData("?page=-7", -7, 10, 0)]
    [InlineData("?page=5&page_size=0", 5, 0, 0)]
    [InlineData("?page=5&page_size=-1", 5, -1, 0)]
    [InlineData("?page=9223372036854775807&page_size=100", long.MaxValue, 100, long.MaxValue)]
    public void Page_and_size_are_read_by_Harbors_rules(string query, long page, long size, long offset)
    {
        var (request, problems) = Read(query);

        problems.ThrowIfAny();
        Assert.Equal((page, size, offset), (request.Page, request.Size, request.Offset));
    }

    [Theory]
    [InlineData("?page_size=101", "page_size in query should be less than or equal to 100")]
    [InlineData("?page=abc", "page in query must be of type int64: \"abc\"")]
    [InlineData("?page=1.5", "page in query must be of type int64: \"1.5\"")]
    [InlineData("?page=9223372036854775808", "page in query must be of type int64: \"9223372036854775808\"")]
    [InlineData("?page= 1", "page in query must be of type int64: \" 1\"")]
    [InlineData("?page=x&page_size=500", "page in query must be of type int64: \"x\"\npage_size in query should be less than or equal to 100")]
    public void What_is_wrong_with_them_is_told_line_by_line(string query, string expected)
    {
        var refusal = Assert.Throws<RegistryException>(Read(query).Problems.ThrowIfAny);

        Assert.Equal(ErrorCode.UnprocessableEntity, refusal.Code);
        Assert.Equal("validation failure list:\n" + expected, refusal.Message);
    }

    [Theory]
    [InlineData("", 5, null)]
    [InlineData("", 10, null)]
    [InlineData("", 11, "</p?page=2&page_size=10>; rel=\"next\"")]
    [InlineData("?page=2&page_size=5", 10, "</p?page=1&page_size=5>; rel=\"prev\"")]
    [InlineData("?page=2&page_size=5", 11, "</p?page=1&page_size=5>; rel=\"prev\" , </p?page=3&page_size=5>; rel=\"next\"")]
    [InlineData("?page=4&page_size=5", 11, null)]
    [InlineData("?page=3&page_size=5", 11, "</p?page=2&page_size=5>; rel=\"prev\"")]
    [InlineData("?page_size=0", 11, null)]
    [InlineData("?page_size=-1", 11, "</p?page=2&page_size=-1>; rel=\"next\"")]
    [InlineData("?with_tag=true&name=x&page=1", 11, "</p?name=x&page=2&page_size=10&with_tag=true>; rel=\"next\"")]
    [InlineData("?q=name%3D~a%20b,tags%3D%2A", 11, "</p?page=2&page_size=10&q=name=~a b,tags=*>; rel=\"next\"")]
    public void The_link_header_names_the_neighbours(string query, long total, string? expected) => Assert.Equal(expected, Link(query, total));

    [Theory]
    [InlineData("?q=name%3Da%26page%3D9", "</p?page=2&page_size=10&q=name=a%26page=9>; rel=\"next\"")]
    [InlineData("?q=a%0d%0aSet-Cookie:x", "</p?page=2&page_size=10&q=a%0D%0ASet-Cookie:x>; rel=\"next\"")]
    [InlineData("?q=%C3%A9%3E", "</p?page=2&page_size=10&q=%C3%A9%3E>; rel=\"next\"")]
    [InlineData("?q=a%252Bb", "</p?page=2&page_size=10&q=a%252Bb>; rel=\"next\"")]
    [InlineData("?q=%F0%9F%90%B3", "</p?page=2&page_size=10&q=%F0%9F%90%B3>; rel=\"next\"")]
    public void What_would_change_the_address_or_break_the_header_stays_escaped(string query, string expected) => Assert.Equal(expected, Link(query, 11));

    private static string? Link(string query, long total)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        return PageLinks.Create("/p", http.Request.Query, PageRequest.Read(http), total);
    }

    private static (PageRequest Request, RequestProblems Problems) Read(string query)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        return (PageRequest.Read(http), RequestProblems.Of(http));
    }
}
