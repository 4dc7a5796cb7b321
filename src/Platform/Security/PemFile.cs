using Harbor.Platform.Data;

namespace Harbor.Platform.Security;

/// <summary>A key or a certificate that the operator keeps in a file.</summary>
public static class PemFile
{
    /// <param name="variable">The environment variable that names the file; it is told when the file cannot be read.</param>
    /// <exception cref="StartupException">The file cannot be read.</exception>
    public static async Task<string> ReadAsync(string variable, string path, CancellationToken ct)
    {
        try
        {
            return await File.ReadAllTextAsync(path, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{variable}: {path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Bytes of a file that may come and go; null when it is not there or not ours to read, none when it has more than <paramref name="maxBytes"/>.</summary>
    public static async Task<byte[]?> FindAsync(string path, int maxBytes, CancellationToken ct)
    {
        try
        {
            var file = new FileInfo(path);
            return !file.Exists ? null : file.Length <= maxBytes ? await File.ReadAllBytesAsync(path, ct) : [];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
