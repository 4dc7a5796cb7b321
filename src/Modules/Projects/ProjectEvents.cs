using Harbor.Platform.Events;

namespace Harbor.Modules.Projects;

/// <param name="By">Name of the caller.</param>
public sealed record ProjectCreated(long ProjectId, string Name, string By) : IDomainEvent
{
    public static string Kind => "project.created";
}

/// <summary>The project, its metadata or its allowlist was changed.</summary>
public sealed record ProjectUpdated(long ProjectId, string Name, string By) : IDomainEvent
{
    public static string Kind => "project.updated";
}

public sealed record ProjectDeleted(long ProjectId, string Name, string By) : IDomainEvent
{
    public static string Kind => "project.deleted";
}
