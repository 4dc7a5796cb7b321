namespace Harbor.Modules.Artifacts.Deletion;

/// <summary>What was asked to be deleted; it stands in <c>deletion.kind</c>, and what went with it has no kind of its own.</summary>
internal static class DeletionKind
{
    public const string Artifact = "artifact";
    public const string Tag = "tag";
    public const string Repository = "repository";
}
