using Harbor.Load.Registry;

namespace Harbor.Load.Scenarios;

/// <summary>Every scenario that can be asked for by name, in the order in which <c>all</c> runs them: reading comes first, on a server
/// that holds little.</summary>
internal static class AllScenarios
{
    private const long Megabyte = 1_000_000;

    public static IReadOnlyList<IScenario> List { get; } =
    [
        Requests("manifest-pull", "GET of a manifest by tag, 20 tags in turn", 16, Reads.ManifestsByTag),
        Requests("blob-missing", "HEAD of a blob that is not there", 16, Reads.MissingBlob),
        Requests("tags-list", "list of 1000 tags", 16, Reads.TagList),
        Requests("catalog", "list of 100 repositories", 16, Reads.Catalog),
        Requests("blob-pull-1m", "GET of a blob of 1 MB", 8, target => Reads.Blob(target, Megabyte)),
        Requests("blob-pull-200m", "GET of a blob of 200 MB", 4, target => Reads.Blob(target, 200 * Megabyte)),
        new PushBlobScenario("push-1m", "push of new blobs of 1 MB", 4, Megabyte),
        new PushBlobScenario("push-10m", "push of new blobs of 10 MB", 4, 10 * Megabyte),
        new PushBlobScenario("push-100m", "push of new blobs of 100 MB", 4, 100 * Megabyte),
        new PushBlobScenario("push-200m", "push of new blobs of 200 MB, one client", 1, 200 * Megabyte),
        new PushImageScenario("push-small", "push of new small images, each client into its own project", 10, shared: false),
        new PushImageScenario("push-small-shared", "push of new small images, all into one repository", 10, shared: true),
        new MixedScenario("mixed", "small images, 75 % pulled and 25 % pushed", 8),
    ];

    /// <summary>Those that need a database which <c>seed</c> has filled; <c>listings</c> runs them all.</summary>
    public static IReadOnlyList<IScenario> OfSeeded { get; } =
    [
        Requests("projects-page", "page of 15 of the projects", 50, Listings.Projects),
        Requests("repositories-page", "page of 15 of a project's repositories", 50, Listings.Repositories),
        Requests("artifacts-page", "page of a repository's artifacts with their tags", 50, Listings.Artifacts),
        Requests("audit-page", "page of 15 of the audit log", 50, Listings.Audit),
        Requests("project-audit-page", "page of 15 of a project's audit log", 50, Listings.AuditOfProject),
    ];

    /// <summary>Those that need what <c>seed --scale</c> writes; <c>scale</c> runs them all.</summary>
    public static IReadOnlyList<IScenario> OfScale { get; } =
    [
        Requests("artifacts-all-flags", "a repository's ten artifacts with every detail", 50, Listings.ArtifactsAtScale),
        Requests("artifacts-big-all-flags", "page of 15 of a repository of 10,000 artifacts, with every detail", 50, Listings.ArtifactsOfBig),
        Requests("project-artifacts-all-flags", "page of 15 of a project's 1,000 artifacts, with every detail", 50, Listings.ArtifactsOfProject),
    ];

    private static RequestScenario Requests(
        string name, string summary, int connections, Func<Target, IReadOnlyList<PreparedRequest>> prepare) =>
        new(name, summary, connections, prepare);
}
