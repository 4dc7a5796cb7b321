using Harbor.Platform.Data.Embedded;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Startup;

/// <summary>PostgreSQL refuses root. Harbor runs as root, as an ordinary user, and where namespaces are forbidden.</summary>
public sealed class AccountTests : IDisposable
{
    private const uint OrdinaryUser = 65534;
    private const uint NamelessUser = 77777;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task Root_may_keep_data_below_a_directory_that_only_root_may_enter()
    {
        Requires.Root();
        Requires.Program("unshare");
        Directory.CreateDirectory(folder["closed"], OwnerOnly);

        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["closed/data"] });

        Assert.Equal(2L, await harbor.QueryDatabaseAsync("SELECT count(*) FROM harbor_user"));
        Assert.Equal(0u, Posix.Owner(folder["closed/data/postgres/PG_VERSION"]).User);
    }

    [Fact]
    public async Task An_ordinary_user_runs_it_all_and_owns_all()
    {
        Requires.Root();
        Requires.Program("setpriv");
        Directory.CreateDirectory(folder["home"], OwnerOnly);
        Posix.ChangeOwner(folder["home"], OrdinaryUser, OrdinaryUser);

        for (var round = 0; round < 2; round++)
        {
            await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions
            {
                DataDirectory = folder["home/data"],
                User = OrdinaryUser,
                ProgramFolder = ProgramForEverybody(),
            });

            Assert.Equal(OrdinaryUser, Posix.Owner($"/proc/{harbor.DatabaseProcessId}").User);
            Assert.Equal(2L, await harbor.QueryDatabaseAsync("SELECT count(*) FROM harbor_user"));
            Assert.Equal(0, await harbor.StopAsync());
        }
    }

    [Fact]
    public async Task A_user_that_has_no_name_runs_it_all_too()
    {
        Requires.Root();
        Requires.Program("setpriv");
        Requires.Program("unshare");
        Directory.CreateDirectory(folder["home"], OwnerOnly);
        Posix.ChangeOwner(folder["home"], NamelessUser, NamelessUser);

        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions
        {
            DataDirectory = folder["home/data"],
            User = NamelessUser,
            ProgramFolder = ProgramForEverybody(),
        });

        Assert.Equal(NamelessUser, Posix.Owner($"/proc/{harbor.DatabaseProcessId}").User);
        Assert.Equal(NamelessUser, Posix.Owner(folder["home/data/postgres"]).User);
    }

    [Fact]
    public async Task Root_needs_no_user_1000_on_the_machine()
    {
        Requires.Root();
        Requires.Program("unshare");
        await File.WriteAllTextAsync(folder["passwd"], "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n");

        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions
        {
            DataDirectory = folder["data"],
            Wrapper = ["unshare", "--mount", "sh", "-c", $"mount --bind {folder["passwd"]} /etc/passwd && exec \"$@\"", "sh"],
        });

        Assert.Equal(0u, Posix.Owner(folder["data/postgres/PG_VERSION"]).User);
    }

    [Fact]
    public async Task Root_without_namespaces_runs_the_database_as_another_user_that_owns_it()
    {
        Requires.Root();
        Requires.Program("setpriv");
        for (var round = 0; round < 2; round++)
        {
            await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions
            {
                DataDirectory = folder["data"],
                ProgramFolder = ProgramForEverybody(),
                Environment = WithoutNamespaces(),
            });

            var owner = Posix.Owner(folder["data/postgres"]);
            Assert.NotEqual(0u, owner.User);
            Assert.Equal(owner.User, Posix.Owner($"/proc/{harbor.DatabaseProcessId}").User);
            Assert.Equal(0, await harbor.StopAsync());
        }
    }

    [Fact]
    public async Task A_database_made_in_a_namespace_goes_on_where_they_are_forbidden_and_back()
    {
        Requires.Root();
        Requires.Program("unshare");
        Requires.Program("setpriv");
        foreach (var environment in (IReadOnlyDictionary<string, string>[])[new Dictionary<string, string>(), WithoutNamespaces(), new Dictionary<string, string>()])
        {
            await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions
            {
                DataDirectory = folder["data"],
                ProgramFolder = ProgramForEverybody(),
                Environment = environment,
            });

            await harbor.QueryDatabaseAsync("INSERT INTO setting (name, value) SELECT 'start' || count(*), '' FROM setting");
            Assert.Equal(0, await harbor.StopAsync());
        }

        await using var last = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"], ProgramFolder = ProgramForEverybody() });
        Assert.Equal(3L, await last.QueryDatabaseAsync("SELECT count(*) FROM setting"));
    }

    [Fact]
    public async Task Root_with_no_account_that_could_run_the_database_is_told_what_to_do()
    {
        Requires.Root();
        Directory.CreateDirectory(folder["closed"], OwnerOnly);

        var (exitCode, error) = await DataDirectoryTests.RefusalAsync(new HarborProcessOptions { DataDirectory = folder["closed/data"], Environment = WithoutNamespaces() });

        Assert.Equal(1, exitCode);
        Assert.Contains("PostgreSQL does not run as root", error, StringComparison.Ordinal);
        Assert.Contains("Allow user namespaces", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ordinary_user_is_told_which_directory_it_may_not_write()
    {
        Requires.Root();
        Requires.Program("setpriv");
        Directory.CreateDirectory(folder["roots"], OwnerOnly | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);

        var (exitCode, error) = await DataDirectoryTests.RefusalAsync(new HarborProcessOptions
        {
            DataDirectory = folder["roots/data"],
            User = OrdinaryUser,
            ProgramFolder = ProgramForEverybody(),
        });

        Assert.Equal(1, exitCode);
        Assert.Contains($"The data directory {folder["roots/data"]} cannot be written by this user", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_learns_nothing_from_our_environment()
    {
        await PreparedData.CopyToAsync(folder["data"]);
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions
        {
            DataDirectory = folder["data"],
            Environment = new Dictionary<string, string> { ["HARBOR_ADMIN_PASSWORD"] = "Secret12345" },
        });

        Assert.DoesNotContain("Secret12345", await File.ReadAllTextAsync($"/proc/{harbor.DatabaseProcessId}/environ"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_is_out_of_reach_of_the_terminals_interrupt()
    {
        Requires.Program("setsid");
        await PreparedData.CopyToAsync(folder["data"]);
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"] });

        Assert.NotEqual(await ProcessGroupAsync(harbor.Id), await ProcessGroupAsync(harbor.DatabaseProcessId));
    }

    [Fact]
    public async Task The_database_listens_on_no_network_address()
    {
        await PreparedData.CopyToAsync(folder["data"]);
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"] });

        Assert.Equal("", await harbor.QueryDatabaseAsync("SHOW listen_addresses"));
    }

    public void Dispose() => folder.Dispose();

    private static async Task<string> ProcessGroupAsync(int process)
    {
        var stat = await File.ReadAllTextAsync($"/proc/{process}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[2];
    }

    /// <summary>A PATH whose <c>unshare</c> says what the kernel says where user namespaces are forbidden.</summary>
    private Dictionary<string, string> WithoutNamespaces()
    {
        Directory.CreateDirectory(folder["bin"]);
        File.WriteAllText(folder["bin/unshare"], "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n");
        File.SetUnixFileMode(folder["bin/unshare"], OwnerOnly | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        return new Dictionary<string, string> { ["PATH"] = $"{folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}" };
    }

    /// <summary>The server and its PostgreSQL, copied to where every user may read: the checkout may lie in a closed home.</summary>
    private string ProgramForEverybody()
    {
        var program = folder["program"];
        if (!Directory.Exists(program))
        {
            var built = HarborProcess.BuildFolder("Server");
            Copy(built, program);
            Copy(Path.GetDirectoryName(Path.GetDirectoryName(PostgresBinaries.Discover()[0].Folder))!, Path.Combine(program, "postgres"));
            File.Delete(Path.Combine(program, "postgres.path"));
        }

        return program;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var child in Directory.EnumerateDirectories(from))
        {
            Copy(child, Path.Combine(to, Path.GetFileName(child)));
        }
    }
}
