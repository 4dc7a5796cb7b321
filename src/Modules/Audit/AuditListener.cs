using Harbor.Modules.Artifacts;
using Harbor.Modules.Configuration;
using Harbor.Modules.Identity;
using Harbor.Modules.Projects;
using Harbor.Modules.Projects.Members;
using Harbor.Modules.Robots;
using Harbor.Platform.Data;
using Harbor.Platform.Events;

namespace Harbor.Modules.Audit;

/// <summary>Records what succeeded. One line below for each event: who, what, on which resource.</summary>
internal sealed class AuditListener(AuditTrail trail) : IEventListener
{
    public string Name => "audit";

    public IReadOnlyList<EventType> Wants { get; } =
    [
        EventType.Of<ArtifactPushed>(), EventType.Of<ArtifactDeleted>(), EventType.Of<RepositoryDeleted>(), EventType.Of<TagCreated>(), EventType.Of<TagDeleted>(),
        EventType.Of<DeletionRestored>(),
        EventType.Of<ProjectCreated>(), EventType.Of<ProjectUpdated>(), EventType.Of<ProjectDeleted>(),
        EventType.Of<MemberAdded>(), EventType.Of<MemberUpdated>(), EventType.Of<MemberRemoved>(),
        EventType.Of<UserCreated>(), EventType.Of<UserUpdated>(), EventType.Of<UserDeleted>(),
        EventType.Of<UserSignedIn>(), EventType.Of<UserSignedOut>(),
        EventType.Of<RobotCreated>(), EventType.Of<RobotDeleted>(), EventType.Of<ConfigurationUpdated>(),
    ];

    public Task HandleAsync(Transaction tx, IReadOnlyList<Happened> events) => trail.WriteAsync(tx, [.. events.Select(Record)]);

    /// <exception cref="InvalidOperationException">An event is wanted but has no line here.</exception>
    internal static AuditRecord Record(Happened happened) => Record(happened.Event) with { At = happened.At };

    private static AuditRecord Record(object happened) => happened switch
    {
        ArtifactPushed e => Of("create", "artifact", Reference(e.Repository, e.Tags, e.Digest), e.By, e.ProjectId) with { Description = $"push artifact: {e.Repository}@{e.Digest}" },
        ArtifactDeleted e => Of("delete", "artifact", $"{e.Repository}@{e.Digest}", e.By, e.ProjectId),
        RepositoryDeleted e => Of("delete", "repository", e.Repository, e.By, e.ProjectId),
        TagCreated e => Of("create", "tag", $"{e.Repository}:{e.Tag}", e.By, e.ProjectId),
        TagDeleted e => Of("delete", "tag", $"{e.Repository}:{e.Tag}", e.By, e.ProjectId),
        DeletionRestored e => Of("restore", "deletion", e.Repository, e.By, e.ProjectId, $"{e.DeletionKind}, deletion {e.DeletionId}"),
        ProjectCreated e => Of("create", "project", e.Name, e.By, e.ProjectId),
        ProjectUpdated e => Of("update", "project", e.Name, e.By, e.ProjectId),
        ProjectDeleted e => Of("delete", "project", e.Name, e.By, e.ProjectId),
        MemberAdded e => Of("create", "member", e.Member, e.By, e.ProjectId, Membership(e.EntityType, e.Project)),
        MemberUpdated e => Of("update", "member", e.Member, e.By, e.ProjectId, Membership(e.EntityType, e.Project)),
        MemberRemoved e => Of("delete", "member", e.Member, e.By, e.ProjectId, Membership(e.EntityType, e.Project)),
        UserCreated e => Of("create", "user", e.Username, e.By),
        UserUpdated e => Of("update", "user", e.Username, e.By, more: Change(e.Change)),
        UserDeleted e => Of("delete", "user", e.Username, e.By),
        UserSignedIn e => Of("login", "user", e.GivenName, e.Username),
        UserSignedOut e => Of("logout", "user", e.Username, e.Username),
        RobotCreated e => Of("create", "robot", e.Name, e.By, e.ProjectId ?? 0),
        RobotDeleted e => Of("delete", "robot", e.Name, e.By, e.ProjectId ?? 0),
        ConfigurationUpdated e => Of("update", "configuration", "configuration", e.By),
        var other => throw new InvalidOperationException($"Nobody said how to record {other.GetType().Name}."),
    };

    private static AuditRecord Of(string operation, string type, string resource, string by, long project = 0, string? more = null) =>
        new(by, operation, type, resource, AuditRecord.Describe(operation, type, resource, more), Succeeded: true, project, At: null);

    private static string Reference(string repository, IReadOnlyList<string> tags, string digest) =>
        tags is [var first, ..] ? $"{repository}:{first}" : $"{repository}@{digest}";

    private static string Membership(string entityType, string project) => $"{(entityType == "g" ? "group" : "user")} in project {project}";

    private static string? Change(UserChange change) => change switch
    {
        UserChange.Password => "change user password",
        UserChange.SystemAdmin => "add user as system administrator",
        UserChange.NoSystemAdmin => "remove user as system administrator",
        _ => null,
    };
}
