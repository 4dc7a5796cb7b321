namespace Harbor.Storage;

/// <summary>Where bytes lie in the store. It is written once and never used again, so an erase can never hit a newer copy.</summary>
/// <param name="Key">Path below the store's root, with forward slashes. Other code stores it and hands it back; it does not take it apart.</param>
public readonly record struct Location(string Key)
{
    public override string ToString() => Key;
}
