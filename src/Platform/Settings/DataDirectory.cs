using Harbor.Platform.Data;

namespace Harbor.Platform.Settings;

/// <summary>Makes the folders that everything is kept in, and finds out at the start whether they can be written.</summary>
public static class DataDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Others may pass through, where PostgreSQL has to run as another user, and see nothing.</summary>
    private const UnixFileMode PassThrough = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <exception cref="StartupException">A folder cannot be made or written; the message names it.</exception>
    public static void Prepare(HarborOptions options)
    {
        Make("data directory", options.DataDirectory, PassThrough);
        Make("storage directory", options.StorageDirectory, OwnerOnly);
    }

    private static void Make(string what, string path, UnixFileMode mode)
    {
        try
        {
            Directory.CreateDirectory(path, mode);
            var probe = Path.Combine(path, $".probe-{Guid.NewGuid():N}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The {what} {path} cannot be written by this user ({Environment.UserName}): {e.Message} Give it to that user, or name another with --data-dir.", e);
        }
    }
}
