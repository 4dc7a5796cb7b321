using System.Diagnostics;
using Harbor.Platform.Data.Embedded;
using Harbor.Support;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class CrashRecoveryTests : IAsyncLifetime
{
    private readonly TemporaryDirectory folder = new();

    private HarborProcessOptions Options => new() { DataDirectory = folder["data"] };

    [Fact]
    public async Task After_kill_9_of_the_server_the_next_start_has_every_committed_row()
    {
        for (var round = 0; round < 3; round++)
        {
            await using var harbor = await HarborProcess.StartAsync(Options);
            Assert.Equal((long)round, await harbor.QueryDatabaseAsync("SELECT count(*) FROM setting WHERE name LIKE 'round%'"));
            await harbor.QueryDatabaseAsync($"INSERT INTO setting (name, value) VALUES ('round{round}', '')");
            await harbor.KillAsync();
        }
    }

    [Fact]
    public async Task The_database_does_not_outlive_a_killed_server()
    {
        Requires.Program("setpriv");
        await using var harbor = await HarborProcess.StartAsync(Options);
        var database = harbor.DatabaseProcessId;

        await harbor.KillAsync();

        await Eventually.HoldsAsync(() => !IsPostgres(database), "PostgreSQL ends with the server that ran it");
    }

    [Fact]
    public async Task A_database_killed_while_serving_is_started_again_and_nothing_is_lost()
    {
        await using var harbor = await HarborProcess.StartAsync(Options);
        await harbor.QueryDatabaseAsync("INSERT INTO setting (name, value) VALUES ('kept', '')");
        var first = harbor.DatabaseProcessId;

        Posix.Signal(first, Posix.KillNow);

        await Eventually.HoldsAsync(() => harbor.DatabaseProcessId is > 0 and var now && now != first, "PostgreSQL is back");
        Assert.Equal(1L, await harbor.QueryDatabaseAsync("SELECT count(*) FROM setting WHERE name = 'kept'"));
        Assert.Contains(harbor.Output, line => line.Contains("PostgreSQL ended by itself", StringComparison.Ordinal));
        Assert.False(harbor.HasExited);
    }

    [Fact]
    public async Task A_database_that_is_killed_again_and_again_comes_back_each_time()
    {
        await using var harbor = await HarborProcess.StartAsync(Options);
        for (var round = 0; round < 4; round++)
        {
            var before = harbor.DatabaseProcessId;
            Posix.Signal(before, Posix.KillNow);
            await Eventually.HoldsAsync(() => harbor.DatabaseProcessId is > 0 and var now && now != before, $"PostgreSQL is back, round {round}");
        }

        Assert.Equal(0, await harbor.StopAsync());
    }

    [Fact]
    public async Task A_killed_backend_costs_its_own_connection_and_the_server_serves_on()
    {
        await using var harbor = await HarborProcess.StartAsync(Options);
        var backend = (int)(await harbor.QueryDatabaseAsync("SELECT pid FROM pg_stat_activity WHERE application_name = 'harbor-changes'"))!;

        Posix.Signal(backend, Posix.KillNow);

        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                return await harbor.QueryDatabaseAsync($"SELECT pid FROM pg_stat_activity WHERE application_name = 'harbor-changes' AND pid <> {backend}") is not null;
            }
            catch (NpgsqlException)
            {
                return false;   // recovering
            }
        }, "the change feed listens again");
        Assert.False(harbor.HasExited);
    }

    [Fact]
    public async Task A_database_that_outlived_its_server_is_recognised_and_stopped()
    {
        await using (var first = await HarborProcess.StartAsync(Options))
        {
            await first.QueryDatabaseAsync("INSERT INTO setting (name, value) VALUES ('kept', '')");
            await first.StopAsync();
        }

        // Started as the server does, but by nobody who takes it along.
        var binaries = PostgresBinaries.Discover()[0];
        var account = await PostgresAccount.ChooseAsync(folder["data/postgres"], binaries, CancellationToken.None);
        using var orphan = Process.Start(account.Command("/", "setsid", binaries.Server, "-D", folder["data/postgres"]))!;
        await Eventually.HoldsAsync(() => LeftoverServer.StatusLines(folder["data/postgres"]) is { Length: >= 8 } lines && lines[7].Trim() == "ready", "the orphan is up");

        await using var harbor = await HarborProcess.StartAsync(Options);

        Assert.True(orphan.HasExited);
        Assert.Equal(1L, await harbor.QueryDatabaseAsync("SELECT count(*) FROM setting WHERE name = 'kept'"));
        Assert.Contains(harbor.Output, line => line.Contains("outlived its Harbor", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_that_has_got_the_number_of_the_old_database_is_left_alone()
    {
        using var stranger = Process.Start("sleep", "600");
        try
        {
            var status = $"{stranger.Id}\n{folder["data/postgres"]}\n1700000000\n5432\n.\n\n  5432001         0\nready   \n";
            await File.WriteAllTextAsync(folder["data/postgres/postmaster.pid"], status);
            await File.WriteAllTextAsync(folder["data/postgres/.s.PGSQL.5432.lock"], status);

            await using var harbor = await HarborProcess.StartAsync(Options);

            Assert.False(stranger.HasExited);
        }
        finally
        {
            stranger.Kill();
        }
    }

    [Fact]
    public async Task A_first_start_that_broke_off_is_begun_anew()
    {
        Directory.Delete(folder["data"], recursive: true);
        Directory.CreateDirectory(folder["data/postgres.new-broken/base"]);
        await File.WriteAllTextAsync(folder["data/postgres.new-broken/PG_VERSION"], "18");

        await using var harbor = await HarborProcess.StartAsync(Options);

        Assert.Empty(Directory.EnumerateDirectories(folder["data"], "postgres.new-*"));
    }

    public async ValueTask InitializeAsync() => await PreparedData.CopyToAsync(folder["data"]);

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool IsPostgres(int process)
    {
        try
        {
            // A process that ended and waits to be collected has no program any more.
            return new FileInfo($"/proc/{process}/exe").LinkTarget?.EndsWith("/postgres", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
