using Harbor.Platform.Data;
using Harbor.Platform.Data.Embedded;
using Harbor.Server;
using Harbor.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class ExternalDatabaseTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task An_empty_external_database_is_filled_and_no_other_is_started()
    {
        await using var database = await TestDatabase.CreateAsync(empty: true);
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"], Database = database.ConnectionString });

        Assert.Equal(2L, await database.QueryAsync("SELECT count(*) FROM harbor_user"));
        Assert.False(Directory.Exists(folder["data/postgres"]));
        Assert.Equal(0, await harbor.StopAsync());
    }

    [Fact]
    public async Task A_role_that_owns_the_database_and_is_nothing_more_is_enough()
    {
        await using var database = await TestDatabase.CreateAsync(empty: true);
        var role = $"{database.Name}_owner";
        await database.QueryAsync($"CREATE ROLE {role} LOGIN NOSUPERUSER");
        await database.QueryAsync($"ALTER DATABASE {database.Name} OWNER TO {role}");
        await database.QueryAsync($"ALTER DATABASE {database.Name} SET lock_timeout = 0");
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role }.ConnectionString;

        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"], Database = connection });

        Assert.DoesNotContain(harbor.Output, line => line.Contains("\"LogLevel\":\"Warning\"", StringComparison.Ordinal));
        Assert.Equal(0, await harbor.StopAsync());
        await database.QueryAsync($"REASSIGN OWNED BY {role} TO CURRENT_USER; ALTER ROLE {role} IN DATABASE {database.Name} RESET ALL; DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task Two_servers_that_start_at_once_on_one_empty_database_both_get_ready()
    {
        await using var database = await TestDatabase.CreateAsync(empty: true);
        var options = new HarborProcessOptions { DataDirectory = folder["data"], Database = database.ConnectionString };

        var both = await Task.WhenAll(HarborProcess.StartAsync(options), HarborProcess.StartAsync(options));

        foreach (var harbor in both)
        {
            Assert.Equal(0, await harbor.StopAsync());
            await harbor.DisposeAsync();
        }

        Assert.Equal(2L, await database.QueryAsync("SELECT count(*) FROM harbor_user"));
    }

    [Theory]
    [InlineData("nonsense", "HARBOR_DATABASE cannot be read")]
    [InlineData("Database=harbor", "HARBOR_DATABASE names no Host")]
    [InlineData("Host=localhost;Password=hunter2;Nonsense=1", "HARBOR_DATABASE cannot be read")]
    public async Task A_connection_string_that_cannot_be_read_is_named_and_not_shown(string text, string reason)
    {
        var (exitCode, error) = await DataDirectoryTests.RefusalAsync(new HarborProcessOptions { DataDirectory = folder["data"], Database = text });

        Assert.Equal(1, exitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_refuses_us_is_not_waited_for()
    {
        await using var database = await TestDatabase.CreateAsync(empty: true);
        var elsewhere = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "not_there" }.ConnectionString;

        var (exitCode, error) = await DataDirectoryTests.RefusalAsync(new HarborProcessOptions { DataDirectory = folder["data"], Database = elsewhere });

        Assert.Equal(1, exitCode);
        Assert.Contains("HARBOR_DATABASE refuses the connection: database \"not_there\" does not exist", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_comes_up_later_is_waited_for()
    {
        await using var postgres = new EmbeddedPostgres(new EmbeddedPostgresOptions { Directory = folder["later"] }, TimeProvider.System);
        await using var harbor = HarborProcess.Launch(new HarborProcessOptions { DataDirectory = folder["data"], Database = postgres.ConnectionString("postgres") });
        await Eventually.HoldsAsync(() => harbor.Output.Any(line => line.Contains("does not answer yet", StringComparison.Ordinal)), "it has tried in vain");

        await postgres.StartAsync(NullLogger<EmbeddedPostgres>.Instance, CancellationToken.None);

        await Eventually.HoldsAsync(() => harbor.Output.Any(line => line.StartsWith("Harbor is ready on", StringComparison.Ordinal)), "it is ready");
    }

    [Fact]
    public async Task A_database_that_never_answers_is_given_up_after_a_minute()
    {
        var clock = new ManualClock();
        await using var source = NpgsqlDataSource.Create($"Host={folder["no-socket"]};Database=harbor");

        var waiting = ExternalDatabase.WaitAsync(source, clock, NullLogger.Instance, CancellationToken.None);
        await Eventually.HoldsAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return waiting.IsCompleted;
        }, "it gives up");

        var given = await Assert.ThrowsAsync<StartupException>(() => waiting);
        Assert.Contains("could not be reached within 60 s", given.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Locks_are_bounded_in_a_database_that_does_not_bound_them()
    {
        await using var database = await TestDatabase.CreateAsync(empty: true);
        await database.QueryAsync($"ALTER DATABASE {database.Name} SET lock_timeout = 0");
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);

        await ExternalDatabase.WaitAsync(source, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

        await using var look = source.CreateCommand("SHOW lock_timeout");
        Assert.Equal("10s", await look.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose() => folder.Dispose();
}
