using Harbor.Oci;
using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Artifacts;

/// <summary>The repository that a path names.</summary>
/// <param name="Name">Without the project, slashes and all; not checked against the grammar.</param>
/// <remarks>Slashes are encoded twice in such a path: once for the path, once for proxies that decode it too early.</remarks>
internal sealed record RepositoryPath(string Name) : IApiParameters<RepositoryPath>
{
    private static readonly ApiParameter Repository = new("repository_name", "path", "string", Required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Repository];

    public static RepositoryPath Read(HttpContext http) => new(Uri.UnescapeDataString(Repository.ReadText(http) ?? string.Empty));

    /// <summary>The full name; null when no repository can have it.</summary>
    public RepositoryName? In(string project) => RepositoryName.TryParse($"{project}/{Name}", out var name) ? name : null;
}

/// <summary>The artifact that a path names.</summary>
/// <param name="Reference">A tag or a digest.</param>
internal sealed record ArtifactPath(RepositoryPath Repository, string Reference) : IApiParameters<ArtifactPath>
{
    private static readonly ApiParameter ReferenceParameter = new("reference", "path", "string", Required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [.. RepositoryPath.Parameters, ReferenceParameter];

    public static ArtifactPath Read(HttpContext http) => new(RepositoryPath.Read(http), ReferenceParameter.ReadText(http) ?? string.Empty);

    /// <exception cref="RegistryException"><c>NOT_FOUND</c>: no artifact can have this name.</exception>
    public RepositoryScope ScopeIn(Access.ProjectScope project) => RepositoryScope.In(project, In(project.Name));

    /// <exception cref="RegistryException"><c>NOT_FOUND</c>: no artifact can have this name.</exception>
    public RepositoryName In(string project) => Repository.In(project) ?? throw ContentErrors.ArtifactNotFound($"{project}/{Repository.Name}", Reference);
}

/// <summary>How much of each artifact is shown.</summary>
internal sealed record ArtifactDetail(bool Tags, bool Labels, bool ImmutableStatus, bool Accessories, bool InheritedAccessories) : IApiParameters<ArtifactDetail>
{
    public static readonly ArtifactDetail None = new(Tags: false, Labels: false, ImmutableStatus: false, Accessories: false, InheritedAccessories: false);

    private const string ReportTypes =
        "application/vnd.security.vulnerability.report; version=1.1, application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0";

    private static readonly ApiParameter WithTag = ApiParameter.Flag("with_tag", standard: true);
    private static readonly ApiParameter WithLabel = ApiParameter.Flag("with_label", standard: false);
    private static readonly ApiParameter WithImmutableStatus = ApiParameter.Flag("with_immutable_status", standard: false);
    private static readonly ApiParameter WithAccessory = ApiParameter.Flag("with_accessory", standard: false);
    private static readonly ApiParameter WithInheritedAccessory = ApiParameter.Flag("with_inherited_accessory", standard: false);

    /// <summary>The others of the contract ask for what no artifact has: scan reports.</summary>
    public static IReadOnlyList<ApiParameter> Parameters { get; } =
    [
        WithTag,
        WithAccessory,
        WithInheritedAccessory,
        WithLabel,
        ApiParameter.Flag("with_scan_overview", standard: false),
        ApiParameter.Flag("with_sbom_overview", standard: false),
        WithImmutableStatus,
        new("X-Accept-Vulnerabilities", "header", "string", Default: ReportTypes),
    ];

    public static ArtifactDetail Read(HttpContext http) =>
        new(WithTag.ReadFlag(http), WithLabel.ReadFlag(http), WithImmutableStatus.ReadFlag(http), WithAccessory.ReadFlag(http), WithInheritedAccessory.ReadFlag(http));
}

/// <summary>How much of each tag is shown.</summary>
internal sealed record TagDetail(bool ImmutableStatus) : IApiParameters<TagDetail>
{
    private static readonly ApiParameter WithImmutableStatus = ApiParameter.Flag("with_immutable_status", standard: false);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [WithImmutableStatus];

    public static TagDetail Read(HttpContext http) => new(WithImmutableStatus.ReadFlag(http));
}

/// <summary>The tag that a path names.</summary>
internal sealed record TagPath(string Name) : IApiParameters<TagPath>
{
    private static readonly ApiParameter TagName = new("tag_name", "path", "string", Required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [TagName];

    public static TagPath Read(HttpContext http) => new(TagName.ReadText(http) ?? string.Empty);
}

/// <summary>The part of an artifact that a path names.</summary>
internal sealed record AdditionPath(string Name) : IApiParameters<AdditionPath>
{
    private static readonly ApiParameter Addition = new("addition", "path", "string", Required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Addition];

    public static AdditionPath Read(HttpContext http) => new(Addition.ReadText(http) ?? string.Empty);
}

/// <summary>The label that a path takes off an artifact.</summary>
internal sealed record ArtifactLabelPath(long Id) : IApiParameters<ArtifactLabelPath>
{
    private static readonly ApiParameter LabelId = ApiParameter.PathNumber("label_id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [LabelId];

    public static ArtifactLabelPath Read(HttpContext http) => new(LabelId.ReadNumber(http));
}

internal sealed record ProjectArtifactParameters(bool LatestInRepository) : IApiParameters<ProjectArtifactParameters>
{
    private static readonly ApiParameter Latest = ApiParameter.Flag("latest_in_repository", standard: false);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Latest];

    public static ProjectArtifactParameters Read(HttpContext http) => new(Latest.ReadFlag(http));
}
