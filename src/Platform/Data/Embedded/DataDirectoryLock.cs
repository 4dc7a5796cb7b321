namespace Harbor.Platform.Data.Embedded;

/// <summary>Holds a data directory for one server: an exclusive <c>flock</c> that the kernel drops when the process ends, however it ends.</summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private const int WouldBlock = 11;

    private readonly FileStream file;

    private DataDirectoryLock(FileStream file) => this.file = file;

    /// <exception cref="StartupException">Another server holds the directory, or the lock file cannot be made.</exception>
    public static DataDirectoryLock Take(string path) => TryTake(path) ?? throw new StartupException(
        $"Another Harbor{Holder(path)} is already running on {Path.GetDirectoryName(path)}. Stop it first, or give this one another --data-dir. "
        + "Several servers may share one HARBOR_DATABASE, never one embedded database.");

    /// <returns>Null when another server holds the directory.</returns>
    /// <exception cref="StartupException">The lock file cannot be made.</exception>
    public static DataDirectoryLock? TryTake(string path)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX) on Unix; the descriptor is not inherited by the database.
            return new DataDirectoryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {Path.GetDirectoryName(path)} is not writable: {e.Message}", e);
        }
    }

    public void Dispose() => file.Dispose();

    /// <summary>Who holds it, from the kernel's table: <c>1: FLOCK ADVISORY WRITE 1234 fd:00:5678 0 EOF</c>.</summary>
    private static string Holder(string path)
    {
        try
        {
            var suffix = $":{Posix.FileNumber(path)}";
            var held = File.ReadLines("/proc/locks").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .FirstOrDefault(fields => fields is [_, "FLOCK", _, "WRITE", _, _, ..] && fields[5].EndsWith(suffix, StringComparison.Ordinal));
            return held is null ? "" : $" (process {held[4]})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
