using Harbor.Storage;

namespace Harbor.Modules.SystemArtifacts;

/// <summary>A file to keep.</summary>
/// <param name="Vendor">Who makes it, such as <c>SCAN_DATA_EXPORT</c>.</param>
/// <param name="Name">As it is offered for download.</param>
/// <param name="Lifetime">How long it is wanted; null: as long as the cleanup leaves it. The cleanup removes what is a day old in any case.</param>
public sealed record NewSystemArtifact(string Vendor, string Name, TimeSpan? Lifetime = null);

/// <summary>A kept file, open for reading: it stays readable until disposed.</summary>
public sealed record OpenSystemArtifact(string Name, string Digest, DateTimeOffset CreationTime, BlobSource Content) : IDisposable
{
    public void Dispose() => Content.Dispose();
}
