using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Data.Embedded;

/// <summary>A PostgreSQL that outlived the Harbor that ran it: recognised by its processes, and stopped.</summary>
/// <remarks>
/// A number in <c>postmaster.pid</c> proves nothing: it may have been given to another program since. What counts is a program
/// named <c>postgres</c> whose working directory is the data directory; PostgreSQL always moves there.
/// </remarks>
internal static class LeftoverServer
{
    private const string StatusFile = "postmaster.pid";
    private const string SocketLock = ".s.PGSQL.5432.lock";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Ends whatever still works on <paramref name="directory"/>; nobody else may start one meanwhile (the lock is held).</summary>
    /// <exception cref="StartupException">It does not end.</exception>
    public static async Task StopAsync(string directory, TimeProvider clock, ILogger logger, CancellationToken ct)
    {
        foreach (var signal in (int[])[Posix.Interrupt, Posix.Quit, Posix.KillNow])
        {
            var left = Processes(directory);
            if (left.Count == 0)
            {
                break;
            }

            // The postmaster ends its children itself; orphans of one that was killed are told directly.
            var postmaster = PostmasterId(directory);
            var told = left.Contains(postmaster) && signal != Posix.KillNow ? [postmaster] : left;
            Log.LeftoverServerStopped(logger, directory, string.Join(", ", told));
            told.ForEach(process => Posix.Signal(process, signal));
            await WaitAsync(directory, clock, ct);
        }

        if (Processes(directory) is { Count: > 0 } stuck)
        {
            throw new StartupException($"A PostgreSQL still works on {directory} and does not end (process {string.Join(", ", stuck)}). End it, then start Harbor again.");
        }

        ForgetProcessOfAnother(directory);
    }

    /// <summary>The postmaster's number as <c>postmaster.pid</c> has it; 0 when there is none.</summary>
    public static int PostmasterId(string directory) => FirstNumber(StatusLines(directory));

    /// <summary>The lines of <c>postmaster.pid</c>: number, directory, start, port, sockets, address, shared memory, status.</summary>
    public static string[] StatusLines(string directory) => Lines(Path.Combine(directory, StatusFile));

    private static async Task WaitAsync(string directory, TimeProvider clock, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        while (Processes(directory).Count > 0 && clock.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(Look, clock, ct);
        }
    }

    private static List<int> Processes(string directory)
    {
        var found = new List<int>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Target(process + "/cwd") == directory
                && Path.GetFileName(Target(process + "/exe")?.Replace(" (deleted)", "", StringComparison.Ordinal)) == "postgres")
            {
                found.Add(id);
            }
        }

        return found;
    }

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;   // ended meanwhile, or somebody else's
        }
    }

    // PostgreSQL clears files whose process is gone. It refuses to start when the number lives on, whoever has it now.
    private static void ForgetProcessOfAnother(string directory)
    {
        foreach (var name in (string[])[StatusFile, SocketLock])
        {
            if (FirstNumber(Lines(Path.Combine(directory, name))) is > 0 and var id && Directory.Exists($"/proc/{id}"))
            {
                File.Delete(Path.Combine(directory, name));
            }
        }
    }

    private static int FirstNumber(string[] lines) =>
        lines.Length > 0 && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
