using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Data.Embedded;

/// <summary>PostgreSQL's data directory on disk: what it holds, and how a new one is made.</summary>
internal sealed class PostgresCluster(string directory, ILogger logger)
{
    public const string User = "harbor";

    private const string NewSuffix = ".new-";
    private const int ControlFileBytes = 8192;

    /// <summary>Major version that wrote the directory; null when there is none yet.</summary>
    /// <exception cref="StartupException">It is damaged, or something else is in it.</exception>
    public int? FindMajor()
    {
        if (!Directory.Exists(directory) || !Directory.EnumerateFileSystemEntries(directory).Any())
        {
            return null;
        }

        var versionFile = Path.Combine(directory, "PG_VERSION");
        if (!File.Exists(versionFile))
        {
            throw Damaged("it has no PG_VERSION file");
        }

        var version = File.ReadAllText(versionFile).Trim();
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var major) || major < 10)
        {
            throw Damaged("its PG_VERSION file does not hold a version");
        }

        var control = new FileInfo(Path.Combine(directory, "global", "pg_control"));
        if (!control.Exists || control.Length < ControlFileBytes)
        {
            throw Damaged("its control file global/pg_control is missing or cut short");
        }

        return major;
    }

    /// <summary>Makes the directory, whole or not at all: a start that breaks off leaves only what the next one clears away.</summary>
    public async Task InitializeAsync(PostgresBinaries binaries, PostgresAccount account, bool durable, CancellationToken ct)
    {
        ClearBrokenAttempts();
        var parent = Path.GetDirectoryName(directory)!;
        var work = $"{directory}{NewSuffix}{Guid.NewGuid():N}";
        Directory.CreateDirectory(work, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        account.Give(work);

        var output = new ProcessOutput();
        var command = account.Command(
            "/", [binaries.InitDb, "-D", work, "-U", User, "-A", "trust", "-E", "UTF8", "--no-instructions", .. Locale(binaries), .. Syncing(binaries, durable)]);
        if (await output.RunAsync(command, ct) is not 0 and var code)
        {
            Directory.Delete(work, recursive: true);
            throw new StartupException($"A new database could not be made in {directory} (initdb ended with {code}): {output.LastLines}");
        }

        Write(work, "postgresql.conf", PostgresConfiguration.Root, account);
        Write(work, "pg_hba.conf", PostgresConfiguration.Access, account);
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory);   // empty, or FindMajor would have spoken
        }

        Directory.Move(work, directory);
        Posix.SyncDirectory(parent);
        Log.DatabaseInitialized(logger, binaries.Major, directory);
    }

    public void Configure(int major, IReadOnlyDictionary<string, string> changes, PostgresAccount account) =>
        Write(directory, PostgresConfiguration.FileName, PostgresConfiguration.Text(major, changes), account);

    private static void Write(string folder, string name, string text, PostgresAccount account)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        account.Give(path);
    }

    /// <summary>Unicode by code point, the same on every machine: PostgreSQL's own provider where it has one.</summary>
    private static string[] Locale(PostgresBinaries binaries) => binaries.Major >= 17
        ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        : ["--locale=C"];

    /// <summary>One sync of the whole file system: a thousand small ones take seconds on a busy disk.</summary>
    private static string[] Syncing(PostgresBinaries binaries, bool durable) => (durable, binaries.Major) switch
    {
        (false, _) => ["--no-sync"],
        (true, >= 17) => ["--sync-method=syncfs"],
        _ => [],
    };

    private void ClearBrokenAttempts()
    {
        foreach (var attempt in Directory.EnumerateDirectories(Path.GetDirectoryName(directory)!, Path.GetFileName(directory) + NewSuffix + "*"))
        {
            Directory.Delete(attempt, recursive: true);
        }
    }

    private StartupException Damaged(string how) => new(
        $"The database directory {directory} is damaged: {how}. Restore it from a backup, or, if there is nothing to keep, move it away and Harbor makes a new one. "
        + "Nothing was changed.");
}
