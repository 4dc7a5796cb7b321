using System.Text.Json;

namespace Harbor.Modules.Artifacts;

/// <summary>A page of names, written as JSON once for all who share it.</summary>
public sealed class NamePage
{
    public static readonly NamePage Empty = new([], 0);

    private readonly Lazy<byte[]> json;

    /// <param name="names">The names of the page, and the next one if there are more.</param>
    /// <param name="size">How many the page may hold.</param>
    internal NamePage(string[] names, int size)
    {
        Next = names.Length > size ? names[size - 1] : null;
        json = new Lazy<byte[]>(() => JsonSerializer.SerializeToUtf8Bytes(names.Take(size)));
    }

    /// <summary>Where the next page starts: the last name of this one; null when nothing follows.</summary>
    public string? Next { get; }

    /// <summary>The names as a JSON array.</summary>
    public ReadOnlySpan<byte> Json => json.Value;
}
