using System.Text.Json;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts.Archives;
using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Artifacts.Manifests;
using Harbor.Oci;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Additions;

/// <summary>Parts of artifacts that people look at without pulling them. What was packed is unpacked as it is read, to a bound.</summary>
internal sealed class ArtifactAdditions(ArtifactListing listing, Manifests.Manifests manifests, Blobs.Blobs blobs) : IDisposable
{
    /// <summary>Largest document that is shown, in bytes.</summary>
    public const int MaxDocumentBytes = 4 << 20;

    // Each holds a document or two and keeps a core busy: others wait.
    private const int MaxUnpacking = 4;

    private readonly SemaphoreSlim unpacking = new(MaxUnpacking);

    /// <param name="name">In any case.</param>
    /// <exception cref="RegistryException">
    /// <c>NOT_FOUND</c>: no such artifact, or it has no such part; <c>BAD_REQUEST</c>: its kind has none, or the part cannot be read;
    /// <c>REQUEST_ENTITY_TOO_LARGE</c>.
    /// </exception>
    public async Task<Addition> GetAsync(ProjectScope project, RepositoryName repository, string reference, string name, CancellationToken ct)
    {
        var artifact = await listing.GetAsync(project, repository, reference, ArtifactDetail.None, ct);
        var wanted = name.ToLowerInvariant();
        var shown = name.ToUpperInvariant() is { Length: <= 64 } upper ? upper : "of that name";
        var type = artifact.Type ?? string.Empty;
        var offered = AdditionNames.Of(artifact) ?? throw AdditionErrors.NoProcessor(type);
        if (!offered.Contains(wanted) && !(wanted == AdditionNames.Sbom && type == "SBOM"))
        {
            throw AdditionErrors.Unsupported(shown, type);
        }

        var scope = RepositoryScope.In(project, repository);
        var stored = await manifests.FindAsync(scope, Digest.Parse(artifact.Digest), ct) ?? throw ContentErrors.ArtifactNotFound(repository, reference);
        var part = new Part(scope, stored.Digest, ManifestReader.Read(stored.Content, stored.MediaType), wanted);
        return (type, wanted) switch
        {
            (_, AdditionNames.BuildHistory) => await HistoryAsync(part, ct),
            (_, AdditionNames.Sbom) => await SbomAsync(part, ct),
            (_, AdditionNames.Files) => new Addition(Addition.Json, ModelFiles.Read(part.Manifest.Layers)),
            ("CHART", _) => await ChartAsync(part, ct),
            _ => await ModelDocumentAsync(part, ct),
        };
    }

    public void Dispose() => unpacking.Dispose();

    private async Task<Addition> HistoryAsync(Part part, CancellationToken ct)
    {
        using var source = await OpenAsync(part, part.Manifest.Config!, ct);
        var config = await BytesAsync(part, source, ArtifactKind.MaxConfigBytes, ct);
        try
        {
            using var document = JsonDocument.Parse(config);
            return new Addition(Addition.Json, document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("history", out var history)
                ? JsonSerializer.SerializeToUtf8Bytes(history)
                : "null"u8.ToArray());
        }
        catch (JsonException e)
        {
            throw AdditionErrors.Malformed("image's config", e);
        }
    }

    private async Task<Addition> SbomAsync(Part part, CancellationToken ct) => part.Manifest.Layers is [var only]
        ? new Addition(ArtifactKind.Sbom, await OpenAsync(part, only, ct))
        : throw part.NotFound();

    private async Task<Addition> ChartAsync(Part part, CancellationToken ct)
    {
        var layer = ChartArchive.LayerOf(part.Manifest) ?? throw part.NotFound();
        string[] files = part.Name == AdditionNames.Dependencies ? [ChartArchive.Definition, ChartArchive.Requirements] : [part.Name];
        var found = await UnpackAsync(part, layer, blob => ChartArchive.ReadAsync(blob, files, MaxDocumentBytes, ct), ct);
        return part.Name switch
        {
            AdditionNames.Dependencies => new Addition(
                Addition.Json, ChartDependencies.Read(found.GetValueOrDefault(ChartArchive.Definition), found.GetValueOrDefault(ChartArchive.Requirements))),
            AdditionNames.Readme => new Addition(Addition.Markdown, found.GetValueOrDefault(part.Name, [])),
            _ => new Addition(Addition.Text, found.GetValueOrDefault(part.Name, [])),
        };
    }

    private async Task<Addition> ModelDocumentAsync(Part part, CancellationToken ct)
    {
        var isReadme = part.Name == AdditionNames.Readme;
        var layer = ModelFiles.FindDocument(part.Manifest.Layers, isReadme ? ModelFiles.Readmes : ModelFiles.Licenses) ?? throw part.NotFound();
        var content = await UnpackAsync(part, layer, async blob =>
            ModelFiles.IsTar(layer) ? await ModelFiles.ConcatenateAsync(new BlobStream(blob), MaxDocumentBytes, ct) : await BytesAsync(part, blob, MaxDocumentBytes, ct), ct);
        return new Addition(isReadme ? Addition.Markdown : Addition.Text, content);
    }

    private async Task<T> UnpackAsync<T>(Part part, Descriptor layer, Func<BlobSource, Task<T>> unpack, CancellationToken ct)
    {
        await unpacking.WaitAsync(ct);
        try
        {
            using var source = await OpenAsync(part, layer, ct);
            return await unpack(source);
        }
        finally
        {
            unpacking.Release();
        }
    }

    // Through this very repository, like everything that a manifest names.
    private async Task<BlobSource> OpenAsync(Part part, Descriptor descriptor, CancellationToken ct) =>
        await blobs.FindAsync(part.Scope, descriptor.Digest, ct) is { } blob && await blobs.OpenAsync(part.Scope, blob, ct) is { } source
            ? source
            : throw part.NotFound();

    private static async Task<byte[]> BytesAsync(Part part, BlobSource source, int maxBytes, CancellationToken ct) =>
        source.Length <= maxBytes ? await source.ReadAllAsync(ct) : throw AdditionErrors.TooLarge(part.Name, maxBytes);

    private sealed record Part(RepositoryScope Scope, Digest Artifact, Manifest Manifest, string Name)
    {
        public RegistryException NotFound() => AdditionErrors.NotFound(Name, Artifact);
    }
}
