using FsCheck;
using FsCheck.Fluent;

namespace Harbor.Unit.Oci;

/// <summary>Random text in which right and wrong lie close together, so that a property meets both sides of a grammar.</summary>
internal static class HostileText
{
    private const string Plain = "abcxyz0189";
    private const string Joiners = ".__---/";

    // Look-alikes of other scripts (a digit, a dotless i, a Kelvin sign, a full-width letter), half a surrogate pair, controls,
    // and what separates parts of a URL.
    private const string Odd = "ABFGZ:@%+,=~ \n\r\t\0\\\u00e9\u0131\u0663\u212a\uff41\ud83d";

    private static readonly Gen<char> Character = Gen.Frequency(
        (12, Gen.Elements(Plain.ToCharArray())),
        (6, Gen.Elements(Joiners.ToCharArray())),
        (1, Gen.Elements(Odd.ToCharArray())));

    /// <summary>Text of up to <paramref name="maxLength"/> characters; every fourth is within a few characters of that length.</summary>
    public static Arbitrary<string> UpTo(int maxLength)
    {
        var length = Gen.Frequency((3, Gen.Choose(0, 12)), (1, Gen.Choose(maxLength - 3, maxLength)));
        var anything = length.SelectMany(n => Character.ArrayOf(n)).Select(characters => new string(characters));

        // Long random text is nearly always wrong: this one is right but for the one character that is put in.
        var nearlyRight =
            from n in length
            from plain in Gen.Elements(Plain.ToCharArray()).ArrayOf(n)
            from odd in Character
            from at in Gen.Choose(0, Math.Max(0, n))
            select new string(plain).Insert(at, odd.ToString());
        return Arb.From(Gen.OneOf(anything, nearlyRight), Shorter);
    }

    /// <summary>Checks a property on many random values; a failure names the smallest counter-example and the seed.</summary>
    public static void Check(Property property) => property.Check(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithQuietOnSuccess(true));

    private static IEnumerable<string> Shorter(string text) => Enumerable.Range(0, text.Length).Select(at => text.Remove(at, 1));
}
