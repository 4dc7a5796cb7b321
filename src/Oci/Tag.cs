using System.Diagnostics.CodeAnalysis;

namespace Harbor.Oci;

/// <summary>A tag: a letter, digit or underscore, then up to 127 letters, digits, <c>.</c>, <c>_</c> or <c>-</c>.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Pulling manifests".</remarks>
public readonly record struct Tag
{
    public const int MaxLength = 128;

    private readonly string? value;

    private Tag(string value)
    {
        this.value = value;
    }

    public string Value => value ?? throw new InvalidOperationException("This tag was never set.");

    public static bool TryParse([NotNullWhen(true)] string? text, out Tag tag)
    {
        var valid = text is { Length: > 0 and <= MaxLength }
            && text[0] is not ('.' or '-')
            && text.AsSpan().IndexOfAnyExcept(TagCharacters) < 0;
        tag = valid ? new Tag(text!) : default;
        return valid;
    }

    public override string ToString() => value ?? string.Empty;

    private static readonly System.Buffers.SearchValues<char> TagCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
}
