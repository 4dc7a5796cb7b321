using Harbor.Conformance.Clients;
using Harbor.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(SystemImage))]

namespace Harbor.Conformance.Clients;

/// <summary>An image with a real root file system: this machine's own programs and libraries, in three layers. Made when first asked for.</summary>
public sealed class SystemImage : IDisposable
{
    public const long LeastBytes = 50_000_000;

    private const string Tag = "system";

    private readonly TemporaryDirectory folder = new();
    private readonly SemaphoreSlim making = new(1);
    private string? layout;

    /// <summary>For skopeo: the image in an OCI layout.</summary>
    internal async Task<string> SourceAsync() => $"oci:{await LayoutAsync()}:{Tag}";

    /// <summary>Folder of an OCI layout that holds nothing else.</summary>
    internal async Task<string> LayoutAsync()
    {
        await making.WaitAsync();
        try
        {
            return layout ??= await MakeAsync();
        }
        finally
        {
            making.Release();
        }
    }

    public void Dispose()
    {
        folder.Dispose();
        making.Dispose();
    }

    private async Task<string> MakeAsync()
    {
        var umoci = new ClientProgram("umoci", []);
        string[] rootless = Environment.IsPrivilegedProcess ? [] : ["--rootless"];
        await umoci.RunAsync("init", "--layout", folder["layout"]);
        await umoci.RunAsync("new", "--image", $"{folder["layout"]}:{Tag}");
        var total = 0L;
        foreach (var (part, pattern, atMost) in new[] { ("usr/bin", "*", 30_000_000L), ("usr/lib", "*.so*", 30_000_000L), ("usr/share", "*", 5_000_000L) })
        {
            var (files, bytes) = await ChooseAsync(part, pattern, atMost);
            total += bytes;
            var copy = Directory.CreateDirectory(folder[part.Replace('/', '-')]).FullName;
            foreach (var batch in files.Chunk(500))
            {
                await new ClientProgram("cp", ["--archive", "--parents", "--target-directory", copy]).RunAsync(batch);
            }

            await umoci.RunAsync(["insert", .. rootless, "--image", $"{folder["layout"]}:{Tag}", $"{copy}/usr", "/usr"]);
            Directory.Delete(copy, recursive: true);
        }

        Assert.True(total > LeastBytes, $"This machine has only {total} bytes to make an image of.");
        return folder["layout"];
    }

    // Files that all may read, by name, until there is enough of them: links stay links, and modes and owners are kept.
    private static async Task<(List<string> Files, long Bytes)> ChooseAsync(string root, string pattern, long atMost)
    {
        var found = await new ClientProgram("find", [root]).RunAsync(
            "-xdev", "(", "-type", "f", "-o", "-type", "l", ")", "-name", pattern, "-size", "-3000k", "-perm", "-o=r", "-printf", "%s %p\\n");
        var total = 0L;
        var files = found.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2)).OrderBy(line => line[1], StringComparer.Ordinal)
            .TakeWhile(line => total < atMost && (total += long.Parse(line[0], null)) >= 0)
            .Select(line => line[1]).ToList();
        return (files, total);
    }
}
