using Harbor.Platform.Http.Listing;
using Xunit;

namespace Harbor.Unit.Http;

public sealed class SortQueryTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData(",", "")]
    [InlineData("name", "name asc")]
    [InlineData("-name", "name desc")]
    [InlineData("name,-push_time", "name asc, push_time desc")]
    public void Keys_are_read_in_order_and_a_dash_descends(string? text, string expected) =>
        Assert.Equal(expected, string.Join(", ", SortQuery.Parse(text).Keys.Select(key => $"{key.Key} {(key.Descending ? "desc" : "asc")}")));
}
