using Harbor.Oci;

namespace Harbor.Modules.Artifacts;

/// <summary>Refusals about content, in the words of Harbor and of CNCF distribution.</summary>
internal static class ContentErrors
{
    public static RegistryException UploadUnknown(Guid id) =>
        new(ErrorCode.BlobUploadUnknown, "blob upload unknown to registry", new { id });

    public static RegistryException DigestMismatch(Digest claimed) =>
        new(ErrorCode.DigestInvalid, "provided digest did not match uploaded content", new { digest = claimed.Value });

    public static RegistryException BlobUnknown(Digest digest) =>
        new(ErrorCode.BlobUnknown, "blob unknown to registry", new { digest = digest.Value });

    public static RegistryException ProjectGone(string project) => new(ErrorCode.NotFound, $"project {project} not found");

    public static RegistryException RepositoryNotFound(string name) => new(ErrorCode.NotFound, $"repository {name} not found");

    public static RegistryException ArtifactNotFound(RepositoryName name, string reference) => ArtifactNotFound(name.Value, reference);

    public static RegistryException ArtifactNotFound(string name, string reference) =>
        new(ErrorCode.NotFound, $"artifact {name}{(reference.Contains(':', StringComparison.Ordinal) ? '@' : ':')}{reference} not found");

    public static RegistryException ManifestBlobsUnknown(IReadOnlyList<Digest> digests) =>
        new(ErrorCode.ManifestBlobUnknown, $"blob unknown to registry: {string.Join(", ", digests.Take(16))}",
            new { digests = digests.Select(digest => digest.Value) });

    public static RegistryException ReferencedByOthers() =>
        new(ErrorCode.ForeignKeyConstraint, "the deleting artifact is referenced by others");
}
