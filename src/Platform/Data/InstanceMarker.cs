using Harbor.Platform.Settings;
using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Data;

/// <summary>A file in the storage that says which database owns these bytes. Nothing may be erased while the two differ.</summary>
/// <remarks>
/// It holds the installation's id and where its database lives: the cluster's system identifier and the database's number. So a
/// dump loaded elsewhere and pointed at the same storage, a copy made for a test, does not erase what the original still needs.
/// A standby that takes over keeps both. After a real move the operator removes the file, and the next start writes it anew.
/// </remarks>
public sealed class InstanceMarker(HarborOptions options, Database database, ILogger<InstanceMarker> logger)
{
    public const string FileName = "harbor-instance";

    private string MarkerPath => Path.Combine(options.StorageDirectory, FileName);

    /// <summary>Marks storage that has no marker yet; tells the operator when it has another one.</summary>
    public async Task EnsureAsync(CancellationToken ct)
    {
        var ours = await OursAsync(ct);
        if (!File.Exists(MarkerPath))
        {
            Write(ours);
        }

        if (File.ReadAllText(MarkerPath) != ours)
        {
            Log.StorageOfAnother(logger, options.StorageDirectory, MarkerPath);
        }
    }

    /// <summary>Whether the storage belongs to this database; asked before anything is erased.</summary>
    public async Task<bool> MatchesAsync(CancellationToken ct)
    {
        try
        {
            return await File.ReadAllTextAsync(MarkerPath, ct) == await OursAsync(ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;   // no marker: not our storage, or not mounted
        }
    }

    private async Task<string> OursAsync(CancellationToken ct)
    {
        await using var command = database.Command("""
            SELECT (SELECT id::text FROM instance), (SELECT system_identifier::text FROM pg_control_system()),
                (SELECT oid::text FROM pg_database WHERE datname = current_database())
            """);
        return await command.FindAsync(row => $"{row.GetString(0)}\n{row.GetString(1)}/{row.GetString(2)}\n", ct)
            ?? throw new InvalidOperationException("The database has no instance row.");
    }

    private void Write(string text)
    {
        var work = $"{MarkerPath}.{Guid.NewGuid():N}";
        using (var file = new FileStream(work, FileMode.CreateNew))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(work, MarkerPath, overwrite: false);
            Embedded.Posix.SyncDirectory(options.StorageDirectory);
        }
        catch (IOException) when (File.Exists(MarkerPath))
        {
            File.Delete(work);   // another replica was first
        }
    }
}
