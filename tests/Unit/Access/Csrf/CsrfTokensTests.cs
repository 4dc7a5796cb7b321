using Harbor.Modules.Access.Csrf;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;
using Harbor.Support;
using Xunit;

namespace Harbor.Unit.Access.Csrf;

public sealed class CsrfTokensTests
{
    private readonly ManualClock clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cookie_we_signed_gives_its_secret_back_for_twelve_hours()
    {
        var tokens = await MakeAsync('a');
        var secret = CsrfTokens.NewSecret();
        var cookie = tokens.WriteCookie(secret);

        Assert.Equal(secret, tokens.ReadCookie(cookie));
        clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal(secret, tokens.ReadCookie(cookie));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(tokens.ReadCookie(cookie));
    }

    [Fact]
    public async Task A_cookie_of_another_key_is_none() =>
        Assert.Null((await MakeAsync('b')).ReadCookie((await MakeAsync('a')).WriteCookie(CsrfTokens.NewSecret())));

    [Fact]
    public async Task A_cookie_that_was_changed_anywhere_is_none()
    {
        var tokens = await MakeAsync('a');
        var cookie = tokens.WriteCookie(CsrfTokens.NewSecret());

        Assert.All(Enumerable.Range(0, cookie.Length), at => Assert.Null(tokens.ReadCookie(cookie[..at] + (cookie[at] == 'A' ? 'B' : 'A') + cookie[(at + 1)..])));
        Assert.All(Enumerable.Range(0, cookie.Length), length => Assert.Null(tokens.ReadCookie(cookie[..length])));
        Assert.Null(tokens.ReadCookie(cookie + "A"));
        Assert.Null(tokens.ReadCookie(null));
        Assert.Null(tokens.ReadCookie(new string('é', cookie.Length)));
    }

    [Fact]
    public void Every_token_of_a_secret_differs_and_matches_it()
    {
        var secret = CsrfTokens.NewSecret();
        var tokens = Enumerable.Range(0, 20).Select(_ => CsrfTokens.Mask(secret)).ToList();

        Assert.Equal(20, tokens.Distinct().Count());
        Assert.All(tokens, token => Assert.True(CsrfTokens.Matches(token, secret)));
        Assert.All(tokens, token => Assert.Equal(88, token.Length));
        Assert.All(tokens, token => Assert.False(CsrfTokens.Matches(token, CsrfTokens.NewSecret())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAA")]
    [InlineData("!!!!")]
    public void Text_that_is_no_token_matches_nothing(string token)
    {
        Assert.False(CsrfTokens.Matches(token, CsrfTokens.NewSecret()));
        Assert.False(CsrfTokens.Matches(new string('A', 100_000), CsrfTokens.NewSecret()));
    }

    [Fact]
    public void A_token_that_was_cut_or_changed_matches_nothing()
    {
        var secret = CsrfTokens.NewSecret();
        var token = CsrfTokens.Mask(secret);

        Assert.All(Enumerable.Range(0, token.Length), length => Assert.False(CsrfTokens.Matches(token[..length], secret)));
        Assert.False(CsrfTokens.Matches((token[0] == 'A' ? 'B' : 'A') + token[1..], secret));
        Assert.False(CsrfTokens.Matches(token + token, secret));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(0)]
    public async Task A_key_of_another_length_than_32_refuses_the_start(int length)
    {
        var key = new CsrfKey(new HarborOptions { DataDirectory = "/nowhere", CsrfKey = new Secret(new string('x', length)) }, (make, _) => Task.FromResult(make()));

        Assert.Contains("CSRF_KEY", (await Assert.ThrowsAsync<StartupException>(() => key.RunAsync(Ct))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_of_the_operators_one_is_made_and_kept()
    {
        var made = 0;
        var key = new CsrfKey(new HarborOptions { DataDirectory = "/nowhere" }, (make, _) =>
        {
            made++;
            return Task.FromResult(make());
        });
        await key.RunAsync(Ct);

        Assert.Equal((1, 32), (made, key.Current.Length));
    }

    private async Task<CsrfTokens> MakeAsync(char key)
    {
        var found = new CsrfKey(new HarborOptions { DataDirectory = "/nowhere", CsrfKey = new Secret(new string(key, 32)) }, (make, _) => Task.FromResult(make()));
        await found.RunAsync(Ct);
        return new CsrfTokens(found, clock);
    }
}
