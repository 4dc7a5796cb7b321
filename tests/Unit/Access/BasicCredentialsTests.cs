using System.Text;
using Harbor.Modules.Access;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Harbor.Unit.Access;

public sealed class BasicCredentialsTests
{
    [Theory]
    [InlineData("ann:secret", "ann", "secret")]
    [InlineData("ann:se:cr:et", "ann", "se:cr:et")]
    [InlineData("ann:", "ann", "")]
    [InlineData(":secret", "", "secret")]
    [InlineData("robot$p+ci:Grüße", "robot$p+ci", "Grüße")]
    public void A_name_ends_at_the_first_colon(string text, string name, string password) =>
        Assert.Equal((true, new BasicCredentials(name, password)), Read("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text))));

    [Theory]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!")]
    [InlineData("Basic YQ")]
    [InlineData("Basic YW5u")]
    [InlineData("Bearer YW5uOnNlY3JldA==")]
    [InlineData("BasicYW5uOnNlY3JldA==")]
    public void A_header_that_is_no_basic_one_is_none(string header) => Assert.False(Read(header).Found);

    [Fact]
    public void The_schemes_case_does_not_matter() => Assert.True(Read("basic YW5uOnNlY3JldA==").Found);

    [Fact]
    public void Text_that_is_not_UTF8_is_no_crash() => Assert.True(Read("Basic " + Convert.ToBase64String([0xFF, 0xFE, (byte)':', 0xC3])).Found);

    [Fact]
    public void Credentials_do_not_print() => Assert.Equal("***", $"{new BasicCredentials("a", "b")}");

    private static (bool Found, BasicCredentials Credentials) Read(string header)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Authorization = header;
        return (BasicCredentials.TryRead(http.Request, out var credentials), credentials);
    }
}
