using System.Diagnostics;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Content;

/// <summary>A file system of a few megabytes at a directory, gone after the test.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string directory;

    private SmallDisk(string directory) => this.directory = directory;

    /// <param name="directory">Made when absent.</param>
    /// <param name="limits">Options of <c>tmpfs</c>, such as <c>size=20m</c>.</param>
    public static async Task<SmallDisk> MountAsync(string directory, string limits)
    {
        Requires.Root();
        Directory.CreateDirectory(directory);
        Requires.That(await RunAsync("mount", "-t", "tmpfs", "-o", limits, "harbor-test", directory) == 0, "needs leave to mount a file system");
        return new SmallDisk(directory);
    }

    /// <summary>Writes until nothing more fits; answers the file.</summary>
    public string Fill()
    {
        var path = Path.Combine(directory, "filler");
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        try
        {
            var zeros = new byte[64 << 10];
            for (var offset = 0L; ; offset += zeros.Length)
            {
                RandomAccess.Write(file, zeros, offset);
            }
        }
        catch (IOException)
        {
            return path;   // full
        }
    }

    public async ValueTask DisposeAsync() => Assert.Equal(0, await RunAsync("umount", "-l", directory));

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Requires.Program(program), arguments) { RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
