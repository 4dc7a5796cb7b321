using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Harbor.Modules.Access.Tokens;
using Harbor.Unit.Distribution;
using Xunit;

namespace Harbor.Unit.Access.Tokens;

public sealed class TokenReaderTests
{
    private const string Issued = """{"typ":"JWT","alg":"RS256"}""";

    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RSA Rsa = RSA.Create(2048);
    private static readonly SigningKey Key = new(Rsa);
    private static readonly SigningKey OtherKey = MakeKey();

    private static readonly TokenClaims Claims = new(
        "ann", Now, Now, Now.AddMinutes(30), [new TokenAccess("repository", "library/web", ["pull", "push"]), new TokenAccess("registry", "catalog", [])]);

    [Fact]
    public void A_token_we_wrote_is_read_as_it_was_written()
    {
        Assert.True(TokenReader.TryRead(TokenWriter.Write(Claims, Key), Key, Now, out var read));

        Assert.Equal((Claims.Subject, Claims.IssuedAt, Claims.NotBefore, Claims.Expires), (read.Subject, read.IssuedAt, read.NotBefore, read.Expires));
        Assert.Equal(Claims.Access.Select(Flat), read.Access.Select(Flat));
    }

    [Fact]
    public void A_token_has_Harbors_header_and_claims()
    {
        var parts = TokenWriter.Write(Claims, Key).Split('.');
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
        var payload = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;

        Assert.Equal(("JWT", "RS256", Key.Id), ((string?)header["typ"], (string?)header["alg"], (string?)header["kid"]));
        Assert.Equal(("harbor-token-issuer", "ann", "harbor-registry"), ((string?)payload["iss"], (string?)payload["sub"], (string?)payload["aud"]));
        Assert.Equal((Now.ToUnixTimeSeconds(), Now.ToUnixTimeSeconds(), Now.ToUnixTimeSeconds() + 1800), ((long)payload["iat"]!, (long)payload["nbf"]!, (long)payload["exp"]!));
        Assert.Matches("^[A-Za-z0-9]{16}$", (string?)payload["jti"]);
        Assert.Equal("""[{"type":"repository","name":"library/web","actions":["pull","push"]},{"type":"registry","name":"catalog","actions":[]}]""", payload["access"]!.ToJsonString());
    }

    [Theory]
    [InlineData("harbor", "YHLE:WLKM:WMHR:XZ4I:ZRGS:I3O5:T7A7:5BND:5M5I:LI66:GOBJ:36XW")]
    [InlineData("", "4OYM:IQUY:7QOB:JGX3:6TEJ:S35Z:EQT2:4QPE:MSNZ:GTFE:SWMR:W6CS")]
    public void A_key_is_named_as_libtrust_names_it(string publicKey, string name) =>
        Assert.Equal(name, SigningKey.Fingerprint(Encoding.ASCII.GetBytes(publicKey)));

    [Fact]
    public void A_token_of_another_key_is_refused() => Refused(TokenWriter.Write(Claims, OtherKey));

    [Fact]
    public void A_token_of_another_key_under_our_keys_name_is_refused() =>
        Refused(Sign($$"""{"typ":"JWT","alg":"RS256","kid":"{{Key.Id}}"}""", Payload(), OtherKey));

    [Fact]
    public void A_token_of_our_key_under_another_name_is_refused() =>
        Refused(Sign($$"""{"typ":"JWT","alg":"RS256","kid":"{{OtherKey.Id}}"}""", Payload(), Key));

    [Theory]
    [InlineData("""{"typ":"JWT","alg":"none"}""")]
    [InlineData("""{"typ":"JWT","alg":"None"}""")]
    [InlineData("""{"typ":"JWT","alg":""}""")]
    [InlineData("""{"typ":"JWT","alg":null}""")]
    [InlineData("""{"typ":"JWT"}""")]
    public void A_token_that_names_no_algorithm_is_refused_with_and_without_a_signature(string header)
    {
        var unsigned = $"{Encode(header)}.{Encode(Payload().ToJsonString())}.";

        Refused(unsigned);
        Refused(unsigned + "AA");
        Refused(Sign(header, Payload(), Key));
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("RS384")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [InlineData("rs256")]
    public void A_token_of_another_algorithm_is_refused_though_our_key_signed_it(string algorithm) =>
        Refused(Sign($$"""{"typ":"JWT","alg":"{{algorithm}}"}""", Payload(), Key));

    [Fact]
    public void A_token_signed_by_HMAC_with_our_public_key_is_refused()
    {
        var signed = $"{Encode("""{"typ":"JWT","alg":"HS256"}""")}.{Encode(Payload().ToJsonString())}";
        foreach (var secret in (byte[][])[Rsa.ExportSubjectPublicKeyInfo(), Rsa.ExportRSAPublicKey(), Encoding.ASCII.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem())])
        {
            Refused($"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}");
        }
    }

    [Theory]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{"typ":"at+jwt","alg":"RS256"}""")]
    [InlineData("""{"typ":"JWT","alg":"RS256","crit":["exp"]}""")]
    [InlineData("""{"typ":"JWT","alg":"RS256","alg":"RS256"}""")]
    [InlineData("""{"typ":"JWT","alg":"RS256","kid":7}""")]
    [InlineData("""["RS256"]""")]
    [InlineData("""null""")]
    [InlineData("""{"typ":"JWT","alg":"RS256"} x""")]
    [InlineData("not json")]
    public void A_header_that_is_not_ours_is_refused(string header) => Refused(Sign(header, Payload(), Key));

    [Fact]
    public void The_plain_header_these_tests_start_from_is_good() => Assert.True(TokenReader.TryRead(Sign(Issued, Payload(), Key), Key, Now, out _));

    [Theory]
    [InlineData(0, true)]
    [InlineData((30 * 60) + 59, true)]
    [InlineData((30 * 60) + 60, false)]
    [InlineData(86400, false)]
    [InlineData(-60, true)]
    [InlineData(-61, false)]
    public void A_token_is_good_from_a_minute_before_its_issue_to_a_minute_after_its_expiry(int seconds, bool good) =>
        Assert.Equal(good, TokenReader.TryRead(TokenWriter.Write(Claims, Key), Key, Now.AddSeconds(seconds), out _));

    [Fact]
    public void A_token_for_later_is_refused_until_then()
    {
        var token = Sign(Issued, Payload(claims => claims["nbf"] = Now.ToUnixTimeSeconds() + 120), Key);

        Refused(token);
        Assert.True(TokenReader.TryRead(token, Key, Now.AddSeconds(60), out _));
    }

    [Fact]
    public void A_token_issued_in_the_future_is_refused() => Refused(Sign(Issued, Payload(claims => claims["iat"] = Now.ToUnixTimeSeconds() + 61), Key));

    [Theory]
    [InlineData("iat")]
    [InlineData("exp")]
    [InlineData("aud")]
    [InlineData("sub")]
    public void A_token_without_a_claim_that_matters_is_refused(string claim) => Refused(Sign(Issued, Payload(claims => claims.Remove(claim)), Key));

    [Theory]
    [InlineData("aud", "\"harbor-other\"")]
    [InlineData("aud", "[\"harbor-other\"]")]
    [InlineData("aud", "[]")]
    [InlineData("aud", "7")]
    [InlineData("aud", "null")]
    [InlineData("sub", "7")]
    [InlineData("sub", "null")]
    [InlineData("exp", "\"never\"")]
    [InlineData("exp", "1e300")]
    [InlineData("exp", "99999999999999999999")]
    [InlineData("exp", "9223372036854775807")]
    [InlineData("exp", "-1")]
    [InlineData("iat", "\"1777636800\"")]
    [InlineData("nbf", "null")]
    [InlineData("nbf", "{}")]
    [InlineData("access", "{}")]
    [InlineData("access", "[7]")]
    [InlineData("access", "[{\"type\":\"repository\",\"name\":\"a/b\"}]")]
    [InlineData("access", "[{\"type\":\"repository\",\"name\":\"a/b\",\"actions\":\"pull\"}]")]
    [InlineData("access", "[{\"type\":\"repository\",\"name\":\"a/b\",\"actions\":[7]}]")]
    [InlineData("access", "[{\"type\":\"repository\",\"actions\":[]}]")]
    public void A_claim_of_the_wrong_kind_is_refused(string claim, string json) =>
        Refused(Sign(Issued, Payload(claims => claims[claim] = JsonNode.Parse(json)), Key));

    [Fact]
    public void One_of_several_audiences_is_enough() =>
        Assert.True(TokenReader.TryRead(Sign(Issued, Payload(claims => claims["aud"] = JsonNode.Parse("""["x","harbor-registry"]""")), Key), Key, Now, out _));

    [Fact]
    public void A_claim_given_twice_is_refused()
    {
        var payload = Payload().ToJsonString();

        Refused(Sign(Issued, payload.Insert(1, "\"sub\":\"admin\","), Key));
    }

    [Fact]
    public void A_payload_that_is_not_UTF8_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(Payload().ToJsonString());
        bytes[bytes.AsSpan().IndexOf("ann"u8)] = 0xFF;

        Refused(Sign(Encoding.UTF8.GetBytes(Issued), bytes, Key));
    }

    [Fact]
    public void A_deeply_nested_payload_is_refused() =>
        Refused(Sign(Issued, Payload().ToJsonString().Insert(1, $"\"x\":{new string('[', 5000)}{new string(']', 5000)},"), Key));

    [Fact]
    public void A_token_larger_than_a_request_may_be_is_refused()
    {
        var big = Sign(Issued, Payload(claims => claims["x"] = new string('x', TokenReader.MaxLength)), Key);

        Assert.True(big.Length > TokenReader.MaxLength);
        Refused(big);
        Refused(new string('.', 10_000_000));
    }

    [Fact]
    public void Every_truncation_of_a_token_is_refused()
    {
        var token = TokenWriter.Write(Claims, Key);

        Assert.All(Enumerable.Range(0, token.Length), length => Refused(token[..length]));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.e30")]
    [InlineData("ÿ.ÿ.ÿ")]
    public void Text_that_is_no_token_is_refused(string text) => Refused(text);

    [Fact]
    public void Another_spelling_of_a_good_token_is_refused()
    {
        var token = TokenWriter.Write(Claims, Key);
        var parts = token.Split('.');

        Refused(token + "==");
        Refused(token + "=");
        Refused(" " + token);
        Refused(token + "\n");
        Refused($"{parts[0]}.{parts[1]}.{parts[2]}.");
        Refused(token.Replace('-', '+').Replace('_', '/') + "\t");

        // 256 bytes leave four unused bits in the last character: only zeros there are ours.
        var last = token[^1];
        foreach (var other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".Where(c => c != last))
        {
            Refused(token[..^1] + other);
        }
    }

    [Fact]
    public void No_random_mutation_of_a_token_verifies()
    {
        var token = TokenWriter.Write(Claims, Key);
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \0é";
        var mutation =
            from kind in Gen.Choose(0, 3)
            from at in Gen.Choose(0, token.Length - 1)
            from other in Gen.Choose(0, token.Length - 1)
            from c in Gen.Elements(Alphabet.ToCharArray())
            select kind switch
            {
                0 => token[..at] + c + token[(at + 1)..],
                1 => token.Insert(at, c.ToString()),
                2 => token.Remove(at, 1),
                _ => Swap(token, at, other),
            };

        Prop.ForAll(mutation.ToArbitrary(), mutated => mutated == token || !TokenReader.TryRead(mutated, Key, Now, out _))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_damaged_payload_is_read_or_refused_and_nothing_else_though_our_key_signed_it(int seed)
    {
        var mutations = new MutatedJson(seed);
        var payload = Encoding.UTF8.GetBytes(Payload().ToJsonString());
        for (var round = 0; round < 1_000; round++)
        {
            var damaged = mutations.Next(payload);
            try
            {
                TokenReader.TryRead(Sign(Encoding.UTF8.GetBytes(Issued), damaged, Key), Key, Now, out _);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Not refused but broken by: {MutatedJson.Show(damaged)}", e);
            }
        }
    }

    private static string Swap(string text, int one, int other)
    {
        var characters = text.ToCharArray();
        (characters[one], characters[other]) = (characters[other], characters[one]);
        return new string(characters);
    }

    private static void Refused(string token) => Assert.False(TokenReader.TryRead(token, Key, Now, out _), token[..Math.Min(token.Length, 200)]);

    private static string Flat(TokenAccess access) => $"{access.Type}:{access.Name}:{string.Join(',', access.Actions)}";

    private static JsonObject Payload(Action<JsonObject>? change = null)
    {
        var claims = new JsonObject
        {
            ["iss"] = "harbor-token-issuer",
            ["sub"] = "ann",
            ["aud"] = "harbor-registry",
            ["exp"] = Now.ToUnixTimeSeconds() + 1800,
            ["nbf"] = Now.ToUnixTimeSeconds(),
            ["iat"] = Now.ToUnixTimeSeconds(),
            ["jti"] = "0123456789abcdef",
            ["access"] = new JsonArray(new JsonObject { ["type"] = "repository", ["name"] = "library/web", ["actions"] = new JsonArray("pull") }),
        };
        change?.Invoke(claims);
        return claims;
    }

    private static string Sign(string header, JsonObject payload, SigningKey key) => Sign(header, payload.ToJsonString(), key);

    private static string Sign(string header, string payload, SigningKey key) => Sign(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(payload), key);

    private static string Sign(byte[] header, byte[] payload, SigningKey key)
    {
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static SigningKey MakeKey()
    {
        using var rsa = RSA.Create(2048);
        return new SigningKey(rsa);
    }
}
