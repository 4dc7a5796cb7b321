using System.Collections.Frozen;
using Harbor.Contracts;
using Harbor.Modules.Artifacts.Manifests;
using Harbor.Oci;

namespace Harbor.Modules.Artifacts.Additions;

/// <summary>Which additions there are, by the kind of artifact.</summary>
internal static class AdditionNames
{
    public const string BuildHistory = "build_history";
    public const string Values = "values.yaml";
    public const string Readme = "readme.md";
    public const string Dependencies = "dependencies";
    public const string License = "license";
    public const string Files = "files";
    public const string Sbom = "sbom";

    // Of kinds that are known and stand here with nothing, nothing is offered.
    private static readonly FrozenDictionary<string, string[]> OfTypes = new Dictionary<string, string[]>
    {
        ["IMAGE"] = [BuildHistory],
        ["WASM"] = [BuildHistory],
        ["CHART"] = [Values, Readme, Dependencies],
        ["CNAI"] = [Readme, License, Files],
    }.ToFrozenDictionary();

    /// <summary>Those that are offered with the artifact; null when there are none.</summary>
    public static IReadOnlyDictionary<string, AdditionLinkDto>? LinksOf(ArtifactDto artifact)
    {
        if (Of(artifact) is not { Length: > 0 } names || !RepositoryName.TryParse(artifact.RepositoryName, out var repository))
        {
            return null;
        }

        // Slashes are encoded twice, as the path of an artifact takes them.
        var path = Uri.EscapeDataString(Uri.EscapeDataString(repository.Path));
        return names.ToDictionary(name => name, name => new AdditionLinkDto
        {
            Href = $"/api/v2.0/projects/{repository.Project}/repositories/{path}/artifacts/{artifact.Digest}/additions/{name}",
        });
    }

    /// <summary>Those that can be had, by their names in lower case; null: the kind is not known.</summary>
    public static string[]? Of(ArtifactDto artifact) =>
        ArtifactKind.KnownType(artifact.ArtifactType ?? string.Empty, artifact.MediaType ?? string.Empty) is not { } type ? null
        : MediaTypes.IsIndex(artifact.ManifestMediaType) ? []
        : OfTypes.GetValueOrDefault(artifact.Type ?? type, []);
}
