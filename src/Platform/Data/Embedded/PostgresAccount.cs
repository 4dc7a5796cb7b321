using System.Diagnostics;
using System.Globalization;

namespace Harbor.Platform.Data.Embedded;

/// <summary>As whom PostgreSQL runs: it refuses to be root.</summary>
/// <param name="Prefix">Programs that change the account, put before PostgreSQL's own command line.</param>
/// <param name="Owner">Who must own the data directory; null: we ourselves.</param>
/// <remarks>
/// An ordinary user runs it directly. Root runs it in a user namespace where root goes by another number: files stay root's, and no
/// parent directory has to be opened to others. Where namespaces are forbidden it runs as an unprivileged user that owns the directory.
/// <c>initdb</c> wants its user to have a name, so the number in the namespace is one that <c>/etc/passwd</c> knows; the same helps
/// an ordinary user without a name, as some container platforms give out.
/// </remarks>
internal sealed record PostgresAccount(IReadOnlyList<string> Prefix, (uint User, uint Group)? Owner)
{
    private const string Namespace = "unshare";
    private const uint Nobody = 65534;
    private const uint UsualUser = 1000;

    /// <summary>Chooses by trying: the account must be able to run the server and to write beside the data directory.</summary>
    /// <exception cref="StartupException">We are root and no account can.</exception>
    public static async Task<PostgresAccount> ChooseAsync(string directory, PostgresBinaries binaries, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            var direct = new PostgresAccount([], null);
            return Posix.IsNamed(Posix.EffectiveUser()) || !await CanWorkAsync(InNamespace(), directory, binaries, ct) ? direct : InNamespace();
        }

        var existing = Directory.Exists(directory) ? Posix.Owner(directory) : default;
        var choices = existing.User == 0 ? [InNamespace(), .. Others(directory)] : (PostgresAccount[])[As(existing.User, existing.Group)];
        foreach (var choice in choices)
        {
            if (await CanWorkAsync(choice, directory, binaries, ct))
            {
                return choice;
            }
        }

        throw new StartupException(
            $"PostgreSQL does not run as root, and no other account can use both {binaries.Server} and {Path.GetDirectoryName(directory)}. "
            + "Allow user namespaces (install util-linux; sysctl user.max_user_namespaces), or start Harbor as an ordinary user that owns the data directory, "
            + "or name a database in HARBOR_DATABASE.");
    }

    /// <summary>Hands a file or directory tree to the account.</summary>
    public void Give(string path)
    {
        if (Owner is not { } owner)
        {
            return;
        }

        if (Directory.Exists(path))
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories))
            {
                Posix.ChangeOwner(entry, owner.User, owner.Group);
            }
        }

        // Last: whoever finds the top in the right hands takes the rest for done.
        Posix.ChangeOwner(path, owner.User, owner.Group);
    }

    /// <summary>A command line as this account, with an environment that holds nothing of ours.</summary>
    public ProcessStartInfo Command(string workingDirectory, params IReadOnlyList<string> command)
    {
        IReadOnlyList<string> all = [.. Prefix, .. command];
        var info = new ProcessStartInfo(all[0])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        all.Skip(1).ToList().ForEach(info.ArgumentList.Add);

        var libraries = Environment.GetEnvironmentVariable("LD_LIBRARY_PATH");
        info.Environment.Clear();
        info.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        info.Environment["LC_ALL"] = "C";
        if (libraries is not null)
        {
            info.Environment["LD_LIBRARY_PATH"] = libraries;
        }

        return info;
    }

    private static PostgresAccount InNamespace()
    {
        var user = Posix.IsNamed(UsualUser) ? UsualUser : NamedUsers().Select(named => named.User).FirstOrDefault(id => id != 0, UsualUser);
        return new PostgresAccount([Namespace, "--user", $"--map-user={user}", $"--map-group={UsualUser}"], null);
    }

    private static PostgresAccount As(uint user, uint group) =>
        new(["setpriv", $"--reuid={user}", $"--regid={group}", "--clear-groups"], (user, group));

    /// <summary>Whoever owns a directory on the way, then PostgreSQL's usual user, then nobody.</summary>
    private static IEnumerable<PostgresAccount> Others(string directory)
    {
        for (var parent = Path.GetDirectoryName(directory); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (Posix.Owner(parent) is { User: not 0 } owner)
            {
                yield return As(owner.User, owner.Group);
                break;
            }
        }

        foreach (var postgres in NamedUsers().Where(named => named.Name == "postgres"))
        {
            yield return As(postgres.User, postgres.Group);
        }

        yield return As(Nobody, Nobody);
    }

    private static IEnumerable<(string Name, uint User, uint Group)> NamedUsers()
    {
        if (!File.Exists("/etc/passwd"))
        {
            yield break;
        }

        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            if (line.Split(':') is [var name, _, var user, var group, ..]
                && uint.TryParse(user, CultureInfo.InvariantCulture, out var userId) && uint.TryParse(group, CultureInfo.InvariantCulture, out var groupId))
            {
                yield return (name, userId, groupId);
            }
        }
    }

    private static async Task<bool> CanWorkAsync(PostgresAccount account, string directory, PostgresBinaries binaries, CancellationToken ct)
    {
        var parent = Path.GetDirectoryName(directory)!;
        try
        {
            // Only the way to the data directory is asked for: it is made by us and handed over.
            using var probe = Process.Start(account.Command("/", "test", "-x", binaries.Server, "-a", "-x", parent))!;
            await probe.WaitForExitAsync(ct);
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;   // no such program
        }
    }
}
