using System.Globalization;

namespace Harbor.Platform.Data.Embedded;

/// <summary>Holds a data directory for one server: an exclusive <c>flock</c> that the kernel drops when the process ends, however it ends.</summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private const int WouldBlock = 11;

    private readonly FileStream file;

    private DataDirectoryLock(FileStream file) => this.file = file;

    /// <exception cref="StartupException">Another server holds the directory, or the lock file cannot be made.</exception>
    public static DataDirectoryLock Take(string path)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX) on Unix; the descriptor is not inherited by the database.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return new DataDirectoryLock(file);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new StartupException(
                $"Another Harbor{Holder(path)} is already running on {Path.GetDirectoryName(path)}. Stop it first, or give this one another --data-dir. "
                + "Several servers may share one HARBOR_DATABASE, never one embedded database.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {Path.GetDirectoryName(path)} is not writable: {e.Message}", e);
        }
    }

    public void Dispose() => file.Dispose();

    private static string Holder(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd() is { Length: > 0 } processId ? $" (process {processId})" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
