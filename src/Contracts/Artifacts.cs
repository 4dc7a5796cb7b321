using System.Text.Json.Serialization;

namespace Harbor.Contracts;

/// <summary>An artifact as it is shown. Its arrays are null where it has none.</summary>
public sealed record ArtifactDto
{
    public long Id { get; init; }

    public string? Type { get; init; }

    public string? MediaType { get; init; }

    public string? ManifestMediaType { get; init; }

    public string? ArtifactType { get; init; }

    public long ProjectId { get; init; }

    public long RepositoryId { get; init; }

    public string? RepositoryName { get; init; }

    public required string Digest { get; init; }

    /// <summary>Bytes of the manifest and of everything below it.</summary>
    public long Size { get; init; }

    /// <summary>Digest under which <c>/icons</c> has its picture.</summary>
    public string? Icon { get; init; }

    public DateTimeOffset PushTime { get; init; }

    public DateTimeOffset PullTime { get; init; }

    public RawJson? ExtraAttrs { get; init; }

    public RawJson? Annotations { get; init; }

    public IReadOnlyList<ReferenceDto>? References { get; init; }

    public IReadOnlyList<TagDto>? Tags { get; init; }

    public IReadOnlyDictionary<string, AdditionLinkDto>? AdditionLinks { get; init; }

    public IReadOnlyList<LabelDto>? Labels { get; init; }

    public IReadOnlyList<AccessoryDto>? Accessories { get; init; }

    [OmitWhenEmpty]
    public IReadOnlyList<AccessoryDto>? InheritedAccessories { get; init; }
}

/// <summary>A child of an index.</summary>
public sealed record ReferenceDto
{
    public long ParentId { get; init; }

    public long ChildId { get; init; }

    public string? ChildDigest { get; init; }

    public PlatformDto? Platform { get; init; }

    public RawJson? Annotations { get; init; }

    public IReadOnlyList<string>? Urls { get; init; }
}

/// <summary>What a child runs on.</summary>
/// <remarks>The odd names are Harbor's: its contract quotes the two dotted ones, which its encoder then refuses.</remarks>
public sealed record PlatformDto
{
    public string? Architecture { get; init; }

    public string? Os { get; init; }

    [JsonPropertyName("OsVersion")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("OsFeatures")]
    public IReadOnlyList<string>? OsFeatures { get; init; }

    public string? Variant { get; init; }
}

public sealed record TagDto
{
    public long Id { get; init; }

    public long RepositoryId { get; init; }

    public long ArtifactId { get; init; }

    public required string Name { get; init; }

    public DateTimeOffset PushTime { get; init; }

    public DateTimeOffset PullTime { get; init; }

    [AlwaysPresent]
    public bool Immutable { get; init; }
}

public sealed record NewTagRequest
{
    public string? Name { get; init; }
}

/// <summary>Where more about an artifact is to be had.</summary>
public sealed record AdditionLinkDto
{
    public required string Href { get; init; }

    [AlwaysPresent]
    public bool Absolute { get; init; }
}

/// <summary>A signature, an SBOM or the like, which belongs to the artifact that it is about.</summary>
public sealed record AccessoryDto
{
    public long Id { get; init; }

    [AlwaysPresent]
    public long ArtifactId { get; init; }

    /// <summary>0, and so left out, while the subject is not there.</summary>
    public long SubjectArtifactId { get; init; }

    [AlwaysPresent]
    public required string SubjectArtifactDigest { get; init; }

    [AlwaysPresent]
    public required string SubjectArtifactRepo { get; init; }

    [AlwaysPresent]
    public long Size { get; init; }

    [AlwaysPresent]
    public required string Digest { get; init; }

    [AlwaysPresent]
    public required string Type { get; init; }

    [AlwaysPresent]
    public required string Icon { get; init; }

    public DateTimeOffset CreationTime { get; init; }
}
