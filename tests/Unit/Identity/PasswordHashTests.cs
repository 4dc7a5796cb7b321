using System.Text.RegularExpressions;
using Harbor.Modules.Identity;
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
        var first = PasswordHash.Create("Harbor12345");
        var second = PasswordHash.Create("Harbor12345");

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
    public void A_version_that_nobody_knows_verifies_nothing(string version) =>
        Assert.False(new PasswordHash(version, "salt", "4b007901b765489abead49d926f721d0").Verify("password"));

    [Fact]
    public void The_hash_of_nobody_verifies_nothing()
    {
        Assert.False(PasswordHash.OfNobody.Verify(""));
        Assert.False(PasswordHash.OfNobody.Verify("Harbor12345"));
    }

    [Fact]
    public void A_hash_does_not_print() => Assert.Equal("***", $"{PasswordHash.OfNobody}");

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
