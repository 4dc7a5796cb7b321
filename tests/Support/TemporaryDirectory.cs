using System.Diagnostics;
using System.Globalization;

namespace Harbor.Support;

/// <summary>A folder that is gone after the test. What killed test runs left is cleared by the next run.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private const string Prefix = "harbor-test-";
    private const string Memory = "/dev/shm";
    private const long MemoryNeeded = 8L << 30;

    static TemporaryDirectory()
    {
        var parents = new[] { System.IO.Path.GetTempPath(), Memory }.Where(Directory.Exists);
        foreach (var left in parents.SelectMany(parent => Directory.EnumerateDirectories(parent, Prefix + "*")))
        {
            var owner = System.IO.Path.GetFileName(left)[Prefix.Length..].Split('-')[0];
            if (int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && !Directory.Exists($"/proc/{process}"))
            {
                Delete(left);
            }
        }
    }

    /// <param name="inMemory">
    /// Whether it may lie in memory, where the machine has plenty: a thousand directories take a disk a second, and memory next to nothing.
    /// </param>
    public TemporaryDirectory(bool inMemory = false)
    {
        var parent = inMemory && HasMemory() ? Memory : System.IO.Path.GetTempPath();
        Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}"[..40])).FullName;
    }

    /// <summary>Absolute path. Mode 0755, so that a server of another user can be given a folder in it.</summary>
    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Delete(Path);

    /// <summary>Removes it at the end of the test process, which does not wait for that.</summary>
    public void RemoveAtExit() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Process.Start("rm", ["-rf", Path]).Dispose();

    private static bool HasMemory() => Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= MemoryNeeded;

    private static void Delete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or a server is still ending in it: the next run clears it.
        }
    }
}
