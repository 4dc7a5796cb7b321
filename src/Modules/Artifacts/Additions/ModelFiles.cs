using System.Text.Json;
using Harbor.Modules.Artifacts.Archives;
using Harbor.Oci;

namespace Harbor.Modules.Artifacts.Additions;

/// <summary>Files of an AI model, by what its manifest says of them. Source: CNCF model-spec, "Layer Annotation Keys".</summary>
internal static class ModelFiles
{
    public const string PathAnnotation = "org.cncf.model.filepath";

    /// <summary>Folders below each other that are drawn; what lies deeper keeps the rest of its path as its name.</summary>
    public const int MaxDepth = 32;

    private const string Tar = "application/vnd.cncf.model.doc.v1.tar";
    private const string Raw = "application/vnd.cncf.model.doc.v1.raw";

    public static readonly string[] Readmes = ["README", "README.md"];

    public static readonly string[] Licenses = ["LICENSE", "LICENSE.txt"];

    /// <summary>The first document with one of these paths.</summary>
    public static Descriptor? FindDocument(IReadOnlyList<Descriptor> layers, string[] paths) =>
        layers.FirstOrDefault(layer => layer.MediaType is Tar or Raw && PathOf(layer) is { } path && Array.Exists(paths, each => each == path));

    public static bool IsTar(Descriptor layer) => layer.MediaType == Tar;

    /// <summary>All files of an archive, one after the other.</summary>
    public static async Task<byte[]> ConcatenateAsync(Stream tar, int maxBytes, CancellationToken ct)
    {
        using var content = new MemoryStream();
        var entries = new TarScanner(tar);
        while (await entries.NextAsync(ct) is { } entry)
        {
            if (entry.IsFile)
            {
                await content.WriteAsync(await entries.ReadAsync(maxBytes - (int)content.Length, ct), ct);
            }
        }

        return content.ToArray();
    }

    /// <summary>JSON of the tree of files: folders first, then by name.</summary>
    public static byte[] Read(IReadOnlyList<Descriptor> layers)
    {
        var root = new Node();
        foreach (var layer in layers)
        {
            if (PathOf(layer) is { } path)
            {
                root.Add(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part is not ("." or "..")).ToList(), layer.SizeBytes);
            }
        }

        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            root.WriteChildren(writer);
        }

        return json.ToArray();
    }

    private static string? PathOf(Descriptor layer) => layer.Annotations?.GetValueOrDefault(PathAnnotation);

    private sealed class Node
    {
        private readonly SortedDictionary<string, Node> children = new(StringComparer.Ordinal);
        private long size;

        private bool IsFolder => children.Count > 0;

        public void Add(List<string> path, long sizeBytes)
        {
            var node = this;
            for (var depth = 0; depth < path.Count; depth++)
            {
                var name = depth < MaxDepth ? path[depth] : string.Join('/', path[depth..]);
                node.children.TryAdd(name, new Node());
                node = node.children[name];
                if (depth == MaxDepth)
                {
                    break;
                }
            }

            node.size = sizeBytes;
        }

        public void WriteChildren(Utf8JsonWriter writer)
        {
            writer.WriteStartArray();
            foreach (var (name, child) in children.OrderByDescending(child => child.Value.IsFolder))   // stable: by name within each
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteString("type", child.IsFolder ? "directory" : "file");
                if (child.IsFolder)
                {
                    writer.WritePropertyName("children");
                    child.WriteChildren(writer);
                }
                else
                {
                    writer.WriteNumber("size", child.size);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
    }
}
