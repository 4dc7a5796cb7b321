using System.Diagnostics;
using System.Globalization;

namespace Harbor.Support;

/// <summary>A folder that is gone after the test. What killed test runs left is cleared by the next run.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private const string Prefix = "harbor-test-";

    static TemporaryDirectory()
    {
        foreach (var left in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            var owner = System.IO.Path.GetFileName(left)[Prefix.Length..].Split('-')[0];
            if (int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && !Directory.Exists($"/proc/{process}"))
            {
                Delete(left);
            }
        }
    }

    /// <summary>Absolute path. Mode 0755, so that a server of another user can be given a folder in it.</summary>
    public string Path { get; } = Directory.CreateDirectory(
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}"[..40])).FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Delete(Path);

    /// <summary>Removes it at the end of the test process, which does not wait for that.</summary>
    public void RemoveAtExit() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Process.Start("rm", ["-rf", Path]).Dispose();

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
