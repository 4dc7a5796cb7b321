using Harbor.Platform.Events;

namespace Harbor.Modules.Artifacts;

/// <summary>A manifest was pushed, or an artifact copied, be it a new one or one that is here already. What a copy brings along has no event of its own.</summary>
/// <param name="Repository">Full name.</param>
/// <param name="Tags">Those that this push set; none when it was pushed by digest.</param>
/// <param name="Type">Kind of artifact, such as <c>IMAGE</c>.</param>
/// <param name="By">Name of the caller.</param>
public sealed record ArtifactPushed(
    long ProjectId, string Repository, long ArtifactId, string Digest, IReadOnlyList<string> Tags, string Type, string By) : IDomainEvent
{
    public static string Kind => "artifact.pushed";
}

/// <summary>An artifact was deleted, and with it its accessories and the children that nothing else needed: they have no event of their own.</summary>
/// <param name="Tags">Those that it had.</param>
public sealed record ArtifactDeleted(long ProjectId, string Repository, long ArtifactId, string Digest, IReadOnlyList<string> Tags, string By) : IDomainEvent
{
    public static string Kind => "artifact.deleted";
}

/// <summary>A repository was deleted, and every artifact in it: they have no event of their own.</summary>
public sealed record RepositoryDeleted(long ProjectId, string Repository, string By) : IDomainEvent
{
    public static string Kind => "repository.deleted";
}

/// <summary>An artifact was given a tag by the management API. A push tells of its tags itself.</summary>
public sealed record TagCreated(long ProjectId, string Repository, string Tag, string By) : IDomainEvent
{
    public static string Kind => "tag.created";
}

/// <summary>A tag was taken away; its artifact stays.</summary>
public sealed record TagDeleted(long ProjectId, string Repository, string Tag, string By) : IDomainEvent
{
    public static string Kind => "tag.deleted";
}

/// <summary>A deletion was taken back: what it hid is visible again, and has no event of its own.</summary>
/// <param name="DeletionKind">What had been deleted: <c>artifact</c>, <c>tag</c> or <c>repository</c>.</param>
public sealed record DeletionRestored(long ProjectId, string Repository, long DeletionId, string DeletionKind, string By) : IDomainEvent
{
    public static string Kind => "deletion.restored";
}
