namespace Harbor.Modules.Artifacts.Collection;

/// <summary>What a round of collecting has removed so far.</summary>
/// <param name="Reviewed">Blobs that were looked at, whether they went or stayed.</param>
/// <param name="Manifests">Deleted artifacts whose rows went for good.</param>
/// <param name="Blobs">Blobs whose rows went; their bytes are erased at once, or after the delay that an external database needs.</param>
/// <param name="Bytes">Sizes of both, less what the storage could not erase.</param>
/// <param name="Erased">Locations that the storage confirmed to be erased.</param>
public readonly record struct Collected(long Reviewed, long Manifests, long Blobs, long Bytes, long Erased)
{
    public static Collected operator +(Collected one, Collected other) => new(
        one.Reviewed + other.Reviewed, one.Manifests + other.Manifests, one.Blobs + other.Blobs, one.Bytes + other.Bytes, one.Erased + other.Erased);
}
