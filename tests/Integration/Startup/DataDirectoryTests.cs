using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private HarborProcessOptions Options => new() { DataDirectory = folder["data"] };

    [Fact]
    public async Task A_second_server_on_the_same_data_directory_is_refused_and_the_first_serves_on()
    {
        await StartedOnceAsync();
        await using var first = await HarborProcess.StartAsync(Options);

        var (exitCode, error) = await RefusalAsync(Options);

        Assert.Equal(1, exitCode);
        Assert.Contains($"Another Harbor (process {first.Id}) is already running on {folder["data"]}", error, StringComparison.Ordinal);
        Assert.Equal(2L, await first.QueryDatabaseAsync("SELECT count(*) FROM harbor_user"));
        Assert.False(first.HasExited);
    }

    public static TheoryData<string, string> Damages => new()
    {
        { "no version", "it has no PG_VERSION file" },
        { "garbage version", "its PG_VERSION file does not hold a version" },
        { "no control file", "its control file global/pg_control is missing or cut short" },
        { "short control file", "its control file global/pg_control is missing or cut short" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_database_directory_is_named_and_left_as_it_is(string damage, string reason)
    {
        await StartedOnceAsync();
        Damage(damage);
        var before = Listing();

        var (exitCode, error) = await RefusalAsync(Options);

        Assert.Equal(1, exitCode);
        Assert.Contains($"The database directory {folder["data/postgres"]} is damaged: {reason}", error, StringComparison.Ordinal);
        Assert.Contains("Restore it from a backup", error, StringComparison.Ordinal);
        Assert.Equal(before, Listing());
    }

    [Fact]
    public async Task Damage_that_only_PostgreSQL_finds_is_told_in_its_words_with_the_directory()
    {
        await StartedOnceAsync();
        var control = folder["data/postgres/global/pg_control"];
        await File.WriteAllBytesAsync(control, new byte[new FileInfo(control).Length]);

        var (exitCode, error) = await RefusalAsync(Options);

        Assert.Equal(1, exitCode);
        Assert.Contains($"PostgreSQL does not start on {folder["data/postgres"]}", error, StringComparison.Ordinal);
        Assert.Contains("FATAL", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_are_no_database_are_not_touched()
    {
        Directory.CreateDirectory(folder["data/postgres"]);
        await File.WriteAllTextAsync(folder["data/postgres/diary.txt"], "mine");

        var (exitCode, error) = await RefusalAsync(Options);

        Assert.Equal(1, exitCode);
        Assert.Contains(folder["data/postgres"], error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(folder["data/postgres/diary.txt"]));
    }

    [Theory]
    [InlineData("99", "newer than any server found here")]
    [InlineData("14", "which is not installed")]
    public async Task A_database_of_another_major_version_is_named_and_left_as_it_is(string version, string reason)
    {
        await StartedOnceAsync();
        await File.WriteAllTextAsync(folder["data/postgres/PG_VERSION"], version + "\n");
        var before = Listing();

        var (exitCode, error) = await RefusalAsync(Options);

        Assert.Equal(1, exitCode);
        Assert.Contains($"The database in {folder["data/postgres"]} was written by PostgreSQL {version}", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(before, Listing());
    }

    [Fact]
    public async Task A_path_longer_than_a_socket_address_works_and_works_again()
    {
        var deep = folder[string.Join('/', Enumerable.Repeat("a-folder-with-a-rather-long-name", 6))];
        for (var round = 0; round < 2; round++)
        {
            await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = deep });

            Assert.True(harbor.DatabaseDirectory.Length > 200);
            Assert.Equal(0, await harbor.StopAsync());
        }
    }

    [Theory]
    [InlineData("with a space")]
    [InlineData("quo'te")]
    [InlineData("one,two;three=four")]
    [InlineData("ünïcode")]
    public async Task A_data_directory_may_have_an_odd_name(string name)
    {
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder[name] });

        Assert.Equal(0, await harbor.StopAsync());
    }

    [Fact]
    public async Task A_database_directory_that_is_a_link_is_held_for_one_server_and_cleared_of_leftovers_alike()
    {
        await StartedOnceAsync();
        Directory.Move(folder["data/postgres"], folder["elsewhere"]);
        Directory.CreateSymbolicLink(folder["data/postgres"], folder["elsewhere"]);
        Directory.CreateDirectory(folder["second"]);
        Directory.CreateSymbolicLink(folder["second/postgres"], folder["elsewhere"]);
        await using var first = await HarborProcess.StartAsync(Options);

        var (exitCode, error) = await RefusalAsync(new HarborProcessOptions { DataDirectory = folder["second"] });

        Assert.Equal(1, exitCode);
        Assert.Contains("is already running on", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_database_directory_is_filled()
    {
        Directory.CreateDirectory(folder["data/postgres"]);

        await using var harbor = await HarborProcess.StartAsync(Options);

        Assert.Equal(2L, await harbor.QueryDatabaseAsync("SELECT count(*) FROM harbor_user"));
    }

    [Fact]
    public async Task Nobody_else_may_read_the_database_the_storage_or_the_key()
    {
        await using var harbor = await HarborProcess.StartAsync(Options);

        Assert.Equal("rwx------", Mode("data/postgres"));
        Assert.Equal("rwx------", Mode("data/storage"));
        Assert.Equal("rw-------", Mode("data/secret-key"));
    }

    [Fact]
    public async Task A_data_directory_that_is_a_file_is_named()
    {
        await File.WriteAllTextAsync(folder["data"], "");

        var (exitCode, error) = await RefusalAsync(Options);

        Assert.Equal(1, exitCode);
        Assert.Contains($"The data directory {folder["data"]} cannot be written", error, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    internal static async Task<(int ExitCode, string Error)> RefusalAsync(HarborProcessOptions options)
    {
        await using var refused = HarborProcess.Launch(options);
        var exitCode = await refused.WaitForExitAsync();
        return (exitCode, Assert.Single(refused.Errors));
    }

    private Task StartedOnceAsync() => PreparedData.CopyToAsync(folder["data"]);

    private void Damage(string how)
    {
        switch (how)
        {
            case "no version":
                File.Delete(folder["data/postgres/PG_VERSION"]);
                break;
            case "garbage version":
                File.WriteAllText(folder["data/postgres/PG_VERSION"], "\u0001garbage");
                break;
            case "no control file":
                File.Delete(folder["data/postgres/global/pg_control"]);
                break;
            case "short control file":
                File.WriteAllText(folder["data/postgres/global/pg_control"], "short");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(how), how, null);
        }
    }

    private List<string> Listing() =>
        [.. Directory.EnumerateFiles(folder["data/postgres"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O}")];

    private string Mode(string path)
    {
        var mode = File.GetUnixFileMode(folder[path]);
        return string.Concat("rwxrwxrwx".Select((letter, i) => ((int)mode & (1 << (8 - i))) != 0 ? letter : '-'));
    }
}
