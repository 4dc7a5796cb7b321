using Harbor.Modules.Configuration;
using Xunit;

namespace Harbor.Unit.Configuration;

public sealed class SyslogAddressTests
{
    [Theory]
    [InlineData("logs.example.com:514", "logs.example.com", 514)]
    [InlineData("10.0.0.1:65535", "10.0.0.1", 65535)]
    [InlineData("[2001:db8::1]:601", "2001:db8::1", 601)]
    public void A_host_and_a_port_are_an_address(string text, string host, int port)
    {
        Assert.True(SyslogAddress.TryParse(text, out var address));
        Assert.Equal(new SyslogAddress(host, port), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("logs.example.com")]
    [InlineData(":514")]
    [InlineData("logs.example.com:")]
    [InlineData("logs.example.com:0")]
    [InlineData("logs.example.com:65536")]
    [InlineData("logs.example.com:+514")]
    [InlineData("2001:db8::1:601")]
    [InlineData("tcp://logs.example.com:514")]
    [InlineData("logs example:514")]
    [InlineData("logs\n:514")]
    public void Anything_else_is_none(string text) => Assert.False(SyslogAddress.TryParse(text, out _));
}
