using Harbor.Oci;

namespace Harbor.Storage;

/// <summary>Where bytes lie in the store. It is written once and never used again, so an erase can never hit a newer copy.</summary>
/// <param name="Key">Path below the store's root, with forward slashes. Other code stores it and hands it back; it does not take it apart.</param>
public readonly record struct Location(string Key)
{
    private const string LostPrefix = "lost/";

    /// <summary>Whether this only says that bytes are lost.</summary>
    public bool IsLost => Key.StartsWith(LostPrefix, StringComparison.Ordinal);

    /// <summary>Stands for bytes that were there and are not any more, until somebody brings them again. Nothing ever lies there.</summary>
    public static Location LostOf(Digest digest) => new(LostPrefix + digest.Hex);

    public override string ToString() => Key;
}
