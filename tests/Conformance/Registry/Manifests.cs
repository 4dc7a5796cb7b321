using Harbor.Oci;

namespace Harbor.Conformance.Registry;

/// <summary>Manifests and indexes of every kind that clients push.</summary>
internal static class Manifests
{
    public const string Layer = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    /// <summary>The content of <c>application/vnd.oci.empty.v1+json</c>.</summary>
    public static readonly Content Empty = Content.Of(MediaTypes.OciEmpty, "{}");

    public static Content Image(Content config, params Content[] layers) => Of(MediaTypes.OciManifest, Fields(config, layers));

    /// <param name="fields">More fields, such as <c>"annotations":{…}</c>.</param>
    public static Content Image(Content config, Content[] layers, params string[] fields) => Of(MediaTypes.OciManifest, [.. Fields(config, layers), .. fields]);

    public static Content DockerImage(Content config, params Content[] layers) => Of(MediaTypes.DockerManifest, Fields(config, layers));

    public static Content Index(params Content[] children) => Of(MediaTypes.OciIndex, Children(children));

    public static Content Index(Content[] children, params string[] fields) => Of(MediaTypes.OciIndex, [Children(children), .. fields]);

    public static Content DockerList(params Content[] children) =>
        Of(MediaTypes.DockerManifestList, $"\"manifests\":[{string.Join(',', children.Select(child => child.DescriptorWith("\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}")))}]");

    /// <summary>An artifact without content that belongs to a manifest.</summary>
    public static Content Referrer(Content subject, string? artifactType = "application/vnd.example.note", string? annotations = null) => Image(
        Empty,
        [Empty],
        [
            .. artifactType is null ? Array.Empty<string>() : [$"\"artifactType\":\"{artifactType}\""],
            $"\"subject\":{subject.Descriptor}",
            .. annotations is null ? Array.Empty<string>() : [$"\"annotations\":{annotations}"],
        ]);

    /// <summary>A manifest of these fields, unlike any other by its whitespace alone where the fields are the same.</summary>
    public static Content Of(string mediaType, params string[] fields) =>
        Content.Of(mediaType, $"{{{string.Join(',', ["\"schemaVersion\":2", $"\"mediaType\":\"{mediaType}\"", .. fields])}}}");

    private static string[] Fields(Content config, Content[] layers) =>
        [$"\"config\":{config.Descriptor}", $"\"layers\":[{string.Join(',', layers.Select(layer => layer.Descriptor))}]"];

    private static string Children(Content[] children) => $"\"manifests\":[{string.Join(',', children.Select(child => child.Descriptor))}]";
}
