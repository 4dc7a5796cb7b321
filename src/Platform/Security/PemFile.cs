using Harbor.Platform.Data;

namespace Harbor.Platform.Security;

/// <summary>A key that the operator keeps in a file.</summary>
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
}
