using System.Security.Cryptography;
using Harbor.Modules.Access.Tokens;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;
using Harbor.Support;
using Xunit;

namespace Harbor.Unit.Access.Tokens;

public sealed class VerifiedTokensTests
{
    private readonly ManualClock clock = new();
    private byte[]? kept;
    private int made;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_verified_once_and_known_until_it_expires()
    {
        var keys = await StartAsync(null);
        var tokens = new VerifiedTokens(keys, clock);
        var token = Write(keys);

        var first = tokens.Find(token);
        Assert.NotNull(first);
        Assert.Same(first, tokens.Find(token));

        clock.Advance(TimeSpan.FromMinutes(31) - TimeSpan.FromSeconds(1));
        Assert.Same(first, tokens.Find(token));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(tokens.Find(token));
    }

    [Fact]
    public async Task A_good_token_does_not_make_a_bad_one_good()
    {
        var keys = await StartAsync(null);
        var tokens = new VerifiedTokens(keys, clock);
        var token = Write(keys);
        tokens.Find(token);

        Assert.Null(tokens.Find(token + "A"));
        Assert.Null(tokens.Find(token[..^1]));
        Assert.Null(tokens.Find(token.ToUpperInvariant()));
    }

    [Fact]
    public async Task Replicas_and_restarts_share_the_key_that_was_made_once()
    {
        var first = await StartAsync(null);
        var second = await StartAsync(null);

        Assert.Equal(1, made);
        Assert.Equal(first.Current.Id, second.Current.Id);
        Assert.NotNull(new VerifiedTokens(second, clock).Find(Write(first)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_operators_own_key_is_used_in_either_PEM_form(bool pkcs8)
    {
        using var folder = new TemporaryDirectory();
        using var rsa = RSA.Create(2048);
        var path = folder["key.pem"];
        await File.WriteAllTextAsync(path, pkcs8 ? rsa.ExportPkcs8PrivateKeyPem() : rsa.ExportRSAPrivateKeyPem(), Ct);

        var keys = await StartAsync(path);

        Assert.Equal(new SigningKey(rsa).Id, keys.Current.Id);
        Assert.Equal(0, made);
    }

    [Fact]
    public async Task A_key_that_cannot_be_used_refuses_the_start_and_says_why()
    {
        using var folder = new TemporaryDirectory();
        using var small = RSA.Create(1024);
        using var good = RSA.Create(2048);
        using var curve = ECDsa.Create();
        var contents = new Dictionary<string, string>
        {
            ["text"] = "not a key",
            ["empty"] = "",
            ["small"] = small.ExportPkcs8PrivateKeyPem(),
            ["public"] = good.ExportSubjectPublicKeyInfoPem(),
            ["curve"] = curve.ExportPkcs8PrivateKeyPem(),
        };
        foreach (var (name, content) in contents)
        {
            await File.WriteAllTextAsync(folder[name], content, Ct);
        }

        foreach (var name in contents.Keys.Append("absent"))
        {
            var refused = await Assert.ThrowsAsync<StartupException>(() => StartAsync(folder[name]));

            Assert.StartsWith($"TOKEN_PRIVATE_KEY_PATH: {folder[name]} ", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE KEY-----", refused.Message, StringComparison.Ordinal);
        }
    }

    private async Task<SigningKeys> StartAsync(string? path)
    {
        var keys = new SigningKeys(new HarborOptions { DataDirectory = "/nowhere", TokenPrivateKeyPath = path }, KeepAsync);
        await keys.RunAsync(Ct);
        return keys;
    }

    private string Write(SigningKeys keys)
    {
        var now = clock.GetUtcNow();
        return TokenWriter.Write(new TokenClaims("ann", now, now, now.AddMinutes(30), []), keys.Current);
    }

    private Task<byte[]> KeepAsync(Func<byte[]> make, CancellationToken ct)
    {
        if (kept is null)
        {
            made++;
            kept = make();
        }

        return Task.FromResult(kept);
    }
}
