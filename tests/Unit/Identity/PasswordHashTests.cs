using System.Text.RegularExpressions;
using Harbor.Modules.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Unit.Identity;

public sealed class PasswordHashTests
{
    private const string Salt = "0123456789abcdefghijABCDEFGHIJkl";

    // Made with Python's hashlib.pbkdf2_hmac; the 4096 rounds over "salt" are also RFC 6070's, cut to 16 bytes.
    [Theory]
    [InlineData("pbkdf2_sha256", Salt, "Harbor12345", "bd2e72323fb979e506a485f83b99baef")]
    [InlineData("pbkdf2_sha256", Salt, "Pässwörd1", "191174145d1f6dec9c09c59b4e4048fa")]
    [InlineData("sha256", "salt", "password", "c5e478d59288c841aa530db6845c4c8d")]
    [InlineData("sha1", "salt", "password", "4b007901b765489abead49d926f721d0")]
    public void A_hash_that_Harbor_stored_is_verified(string version, string salt, string password, string hex)
    {
        var stored = new PasswordHash(version, salt, hex);

        Assert.True(stored.Verify(password));
        Assert.False(stored.Verify(password + "x"));
        Assert.False(stored.Verify(""));
    }

    [Fact]
    public void A_new_hash_has_Harbors_form_and_a_salt_of_its_own()
    {
        var first = PasswordHash.Create("Harbor12345", PasswordHash.HarborRounds);
        var second = PasswordHash.Create("Harbor12345", PasswordHash.HarborRounds);

        Assert.Equal("pbkdf2_sha256", first.Version);
        Assert.Matches(new Regex("^[A-Za-z0-9]{32}$"), first.Salt);
        Assert.Matches(new Regex("^[0-9a-f]{32}$"), first.Hex);
        Assert.NotEqual(first.Salt, second.Salt);
        Assert.NotEqual(first.Hex, second.Hex);
        Assert.True(first.Verify("Harbor12345"));
    }

    [Theory]
    [InlineData("md5")]
    [InlineData("")]
    [InlineData("SHA1")]
    [InlineData("pbkdf2_sha256$")]
    [InlineData("pbkdf2_sha256$0")]
    [InlineData("pbkdf2_sha256$-1")]
    [InlineData("pbkdf2_sha256$99999999999")]
    public void A_version_that_nobody_knows_verifies_nothing(string version) =>
        Assert.False(new PasswordHash(version, "salt", "4b007901b765489abead49d926f721d0").Verify("password"));

    [Fact]
    public void The_hash_of_nobody_verifies_nothing()
    {
        Assert.False(PasswordHash.OfNobody(PasswordHash.HarborRounds).Verify(""));
        Assert.False(PasswordHash.OfNobody(PasswordHash.HarborRounds).Verify("Harbor12345"));
    }

    [Fact]
    public void A_hash_of_other_rounds_says_how_many_and_only_so_many_verify_it()
    {
        var quick = PasswordHash.Create("Harbor12345", rounds: 7);

        Assert.Equal("pbkdf2_sha256$7", quick.Version);
        Assert.True(quick.Verify("Harbor12345"));
        Assert.False(quick.Verify("Harbor12346"));
        Assert.False((quick with { Version = "pbkdf2_sha256$8" }).Verify("Harbor12345"));
        Assert.False((quick with { Version = "pbkdf2_sha256" }).Verify("Harbor12345"));
    }

    // What the server is composed of when nobody overrides anything; there is no setting that could.
    [Fact]
    public void A_server_hashes_with_six_hundred_thousand_rounds()
    {
        var rounds = Assert.Single(new ServiceCollection().AddIdentity(), service => service.ServiceType == typeof(PasswordOptions));

        Assert.Equal(600_000, Assert.IsType<PasswordOptions>(rounds.ImplementationInstance).Rounds);
    }

    [Fact]
    public void A_hash_does_not_print() => Assert.Equal("***", $"{PasswordHash.OfNoMachine}");

    [Theory]
    [InlineData("Harbor12345", true)]
    [InlineData("Abcdefg1", true)]
    [InlineData("Abcdef1", false)]
    [InlineData("abcdefg1", false)]
    [InlineData("ABCDEFG1", false)]
    [InlineData("Abcdefgh", false)]
    [InlineData("Äbcdefg1", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_password_has_eight_characters_an_upper_a_lower_and_a_digit(string? password, bool holds) =>
        Assert.Equal(holds, PasswordRule.Holds(password));

    [Fact]
    public void A_password_has_128_characters_at_most()
    {
        Assert.True(PasswordRule.Holds("Aa1" + new string('x', 125)));
        Assert.False(PasswordRule.Holds("Aa1" + new string('x', 126)));
    }
}
