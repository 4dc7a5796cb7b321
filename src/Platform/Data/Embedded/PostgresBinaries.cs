using System.Globalization;

namespace Harbor.Platform.Data.Embedded;

/// <summary>One installed PostgreSQL server.</summary>
/// <param name="Major">Its major version: the one that <c>PG_VERSION</c> of a data directory names.</param>
/// <param name="Folder">Where <c>postgres</c> and <c>initdb</c> are.</param>
public sealed record PostgresBinaries(int Major, string Folder)
{
    public const int OldestMajor = 15;

    public string Server => Path.Combine(Folder, "postgres");

    public string InitDb => Path.Combine(Folder, "initdb");

    /// <summary>Every server that can be run, the one to prefer first: those that came with us, then the system's, newest first.</summary>
    public static IReadOnlyList<PostgresBinaries> Discover() => [.. Bundled(), .. OfTheSystem()];

    /// <summary>Those that came with us: beside the program, or where the build has put them.</summary>
    public static IEnumerable<PostgresBinaries> Bundled()
    {
        var pathFile = Path.Combine(AppContext.BaseDirectory, "postgres.path");
        var roots = new List<string> { Path.Combine(AppContext.BaseDirectory, "postgres") };
        if (File.Exists(pathFile))
        {
            roots.Add(File.ReadAllText(pathFile).Trim());
        }

        return roots.SelectMany(root => Below(root));
    }

    /// <summary>Those that Debian's and Red Hat's packages install.</summary>
    public static IEnumerable<PostgresBinaries> OfTheSystem() =>
        Below("/usr/lib/postgresql").Concat(Below("/usr", prefix: "pgsql-")).OrderByDescending(binaries => binaries.Major);

    /// <summary>The server for a data directory of version <paramref name="dataMajor"/>, or for a new one when that is null.</summary>
    /// <exception cref="StartupException">None fits; the message names <paramref name="directory"/> and the way out.</exception>
    public static PostgresBinaries Choose(IReadOnlyList<PostgresBinaries> found, int? dataMajor, string directory)
    {
        if (found.FirstOrDefault(binaries => dataMajor is null || binaries.Major == dataMajor) is { } fitting)
        {
            return fitting;
        }

        if (found.Count == 0)
        {
            throw new StartupException(
                $"No PostgreSQL server was found to keep the database in {directory}. Install PostgreSQL {OldestMajor} or newer, "
                + "use a Harbor package that brings one, or name a database in HARBOR_DATABASE.");
        }

        var newest = found.Max(binaries => binaries.Major);
        throw new StartupException(dataMajor > newest
            ? $"The database in {directory} was written by PostgreSQL {dataMajor}, newer than any server found here ({newest}). "
              + "Run the Harbor release that wrote it, or a later one. Nothing was changed."
            : $"The database in {directory} was written by PostgreSQL {dataMajor}, which is not installed; this release brings {newest}. "
              + $"Either install PostgreSQL {dataMajor} (Harbor then goes on with it), or dump the database with that version's pg_dump, "
              + $"move {directory} away and load the dump into the new one. Nothing was changed.");
    }

    private static IEnumerable<PostgresBinaries> Below(string root, string prefix = "")
    {
        if (!Directory.Exists(root))
        {
            yield break;
        }

        foreach (var folder in Directory.EnumerateDirectories(root, prefix + "*").OrderDescending(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(folder)[prefix.Length..];
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major >= OldestMajor)
            {
                var binaries = new PostgresBinaries(major, Path.Combine(folder, "bin"));
                if (File.Exists(binaries.Server) && File.Exists(binaries.InitDb))
                {
                    yield return binaries;
                }
            }
        }
    }
}
