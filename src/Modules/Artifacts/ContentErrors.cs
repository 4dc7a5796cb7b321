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

    public static RegistryException ArtifactNotFound(string from) => new(ErrorCode.NotFound, $"artifact {from} not found");

    public static RegistryException ManifestBlobsUnknown(IReadOnlyList<Digest> digests) =>
        new(ErrorCode.ManifestBlobUnknown, $"blob unknown to registry: {string.Join(", ", digests.Take(16))}",
            new { digests = digests.Select(digest => digest.Value) });

    public static RegistryException TagNotFound(RepositoryName name, string tag) => new(ErrorCode.NotFound, $"tag {name}:{tag} not found");

    public static RegistryException DeletionNotFound(long id) => new(ErrorCode.NotFound, $"deletion {id} not found");

    public static RegistryException TagsArtifactDeleted(string tag) =>
        new(ErrorCode.Precondition, $"the artifact of the tag {tag} has been deleted since: restore it first");

    public static RegistryException InvalidTagName(string? tag) => new(ErrorCode.BadRequest, $"bad request: invalid tag name: {Short(tag)}");

    public static RegistryException TagExists(string tag, long repositoryId) =>
        new(ErrorCode.Conflict, $"tag {tag} already exists under the repository {repositoryId}");

    public static RegistryException LabelAlreadyAdded(long label, long artifact) =>
        new(ErrorCode.Conflict, $"label {label} is already added to the artifact {artifact}");

    public static RegistryException LabelNotAdded(long label, long artifact) =>
        new(ErrorCode.NotFound, $"label {label} is not on the artifact {artifact}");

    public static RegistryException InvalidCopySource(string from) =>
        new(ErrorCode.BadRequest, $"invalid input: {Short(from)} is not of the form project/repository:tag or project/repository@digest");

    public static RegistryException InvalidRepositoryName(string name) => new(ErrorCode.BadRequest, $"bad request: invalid repository name: {name}");

    public static RegistryException NotForAccessories() => new(ErrorCode.Denied, "the operation isn't supported for an artifact accessory");

    /// <summary>What a reference names kept changing while it was looked at.</summary>
    public static RegistryException Busy() => new(ErrorCode.ServiceUnavailable, "the data is busy, try again");

    public static RegistryException ReferencedByOthers() =>
        new(ErrorCode.ForeignKeyConstraint, "the deleting artifact is referenced by others");

    // A refusal need not send back all that it refuses.
    private static string? Short(string? text) => text?.Length > RepositoryName.MaxLength ? text[..RepositoryName.MaxLength] : text;
}
