namespace Harbor.Modules.Artifacts.Blobs;

/// <summary>What the storage answered when it was told to erase.</summary>
/// <param name="Locations">How many it confirmed; what was absent counts.</param>
/// <param name="Bytes">Their sizes, as far as the rows knew them.</param>
/// <param name="RefusedBytes">Sizes of those that it could not erase; they are tried again later.</param>
public readonly record struct Erased(int Locations, long Bytes, long RefusedBytes)
{
    public static Erased operator +(Erased one, Erased other) =>
        new(one.Locations + other.Locations, one.Bytes + other.Bytes, one.RefusedBytes + other.RefusedBytes);
}
