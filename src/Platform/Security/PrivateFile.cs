using System.Text;
using Harbor.Platform.Data;

namespace Harbor.Platform.Security;

/// <summary>A small text that only we may read, made once: whoever comes first makes it, everybody else reads it.</summary>
internal static class PrivateFile
{
    /// <summary>The file's text; <paramref name="make"/> fills it when it is not there. Durable on return.</summary>
    /// <exception cref="StartupException">It cannot be read or made, or it is empty.</exception>
    public static string ReadOrCreate(string path, Func<string> make)
    {
        try
        {
            if (!File.Exists(path))
            {
                Create(path, make());
            }

            var text = File.ReadAllText(path).Trim();
            return text.Length > 0 ? text : throw new StartupException($"The file {path} is empty. Restore it from a backup.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The file {path} cannot be used: {e.Message}", e);
        }
    }

    private static void Create(string path, string text)
    {
        var work = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(work, options))
        {
            file.Write(Encoding.UTF8.GetBytes(text + "\n"));
            file.Flush(flushToDisk: true);
        }

        try
        {
            // Takes a name only while nobody has it: two that start at once agree on one text.
            File.Move(work, path, overwrite: false);
            Data.Embedded.Posix.SyncDirectory(Path.GetDirectoryName(path)!);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(work);
        }
    }
}
