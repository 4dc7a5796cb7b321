using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Oci;

/// <summary>Grammar and registered algorithms of OCI image-spec 1.1, "Digests".</summary>
public sealed class DigestTests
{
    private const string Sha256OfAbc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private const string Sha512OfAbc = "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

    private static readonly Regex Specified = new(@"\A(sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})\z", RegexOptions.CultureInvariant);

    private static readonly Arbitrary<(DigestAlgorithm Algorithm, byte[] Hash)> Hashes = (
        from algorithm in Gen.Elements(DigestAlgorithm.Sha256, DigestAlgorithm.Sha512)
        from hash in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(algorithm.HashLength())
        select (algorithm, hash)).ToArbitrary();

    // A right digest with one character removed, doubled or replaced; sometimes none.
    private static readonly Arbitrary<string> NearDigests = (
        from hash in Hashes.Generator
        let text = Digest.FromHash(hash.Algorithm, hash.Hash).Value
        from at in Gen.Choose(0, text.Length - 1)
        from odd in Gen.Elements("0", "f", "g", "A", "F", ":", "", "00", "\n", "\uff10", "\0")
        from keep in Gen.Elements(true, false, false)
        select keep ? text : text.Remove(at, 1).Insert(at, odd)).ToArbitrary();

    [Fact]
    public void Any_text_is_a_digest_exactly_when_the_specification_says_so()
    {
        HostileText.Check(Prop.ForAll(NearDigests, text => Digest.TryParse(text, out _) == Specified.IsMatch(text)));
        HostileText.Check(Prop.ForAll(HostileText.UpTo(80), text => Digest.TryParse(text, out _) == Specified.IsMatch(text)));
    }

    [Fact]
    public void A_digest_survives_its_stored_form_and_its_text() =>
        HostileText.Check(Prop.ForAll(Hashes, hash =>
        {
            var digest = Digest.FromHash(hash.Algorithm, hash.Hash);
            var stored = digest.ToBytes();
            return stored[0] == (byte)hash.Algorithm
                && stored.AsSpan(1).SequenceEqual(hash.Hash)
                && Digest.FromBytes(stored) == digest
                && Digest.Parse(digest.Value) == digest
                && digest.Value == $"{hash.Algorithm.WireName()}:{digest.Hex}";
        }));

    [Fact]
    public void Stored_bytes_are_read_back_or_refused_never_taken_for_another_digest() =>
        HostileText.Check(Prop.ForAll(
            (from length in Gen.Elements(0, 1, 2, 32, 33, 34, 64, 65, 66)
             from bytes in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(length)
             from algorithm in Gen.Choose(0, 4)
             select (byte[])(length == 0 ? [] : [(byte)algorithm, .. bytes[1..]])).ToArbitrary(),
            bytes =>
            {
                var right = bytes is [(byte)DigestAlgorithm.Sha256, ..] && bytes.Length == 33
                    || (bytes is [(byte)DigestAlgorithm.Sha512, ..] && bytes.Length == 65);
                try
                {
                    return Digest.FromBytes(bytes).ToBytes().SequenceEqual(bytes) && right;
                }
                catch (ArgumentException)
                {
                    return !right;
                }
            }));

    [Theory]
    [InlineData(DigestAlgorithm.Sha256, Sha256OfAbc)]
    [InlineData(DigestAlgorithm.Sha512, Sha512OfAbc)]
    public void The_published_vectors_come_out(DigestAlgorithm algorithm, string expected)
    {
        Assert.Equal(expected, Digest.Of("abc"u8, algorithm).Value);

        using var running = algorithm.NewHash();
        running.AppendData(Encoding.ASCII.GetBytes("a"));
        running.AppendData(Encoding.ASCII.GetBytes("bc"));
        Assert.Equal(expected, Digest.FromHash(algorithm, running.GetHashAndReset()).Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256")]
    [InlineData("md5:900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("SHA256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:../../../../etc/passwd/////////////////////////////////////////")]
    public void What_is_no_canonical_digest_is_refused_with_its_code(string? text)
    {
        Assert.False(Digest.TryParse(text, out _));
        Assert.Same(ErrorCode.DigestInvalid, Assert.Throws<RegistryException>(() => Digest.Parse(text)).Code);
    }

    [Fact]
    public void Algorithms_have_the_names_and_numbers_that_are_stored()
    {
        Assert.Equal((1, 2), ((int)DigestAlgorithm.Sha256, (int)DigestAlgorithm.Sha512));
        Assert.True(DigestAlgorithms.TryParse("sha512", out var algorithm) && algorithm == DigestAlgorithm.Sha512);
        Assert.False(DigestAlgorithms.TryParse("sha384", out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((DigestAlgorithm)3).WireName());
    }

    [Fact]
    public void A_digest_that_was_never_set_does_not_pass_for_one()
    {
        Assert.Throws<InvalidOperationException>(() => default(Digest).Value);
        Assert.Equal(string.Empty, default(Digest).ToString());
    }
}
