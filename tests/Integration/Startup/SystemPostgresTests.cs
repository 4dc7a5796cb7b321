using Harbor.Platform.Data;
using Harbor.Platform.Data.Embedded;
using Harbor.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class SystemPostgresTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task A_PostgreSQL_of_the_system_serves_when_none_came_with_us_and_goes_on_with_its_data_when_one_does()
    {
        var system = PostgresBinaries.OfTheSystem().ToList();
        Requires.That(system.Count > 0, "needs a PostgreSQL of the system");

        var first = await VersionAsync(system);
        var later = await VersionAsync([.. PostgresBinaries.Bundled(), .. system]);

        Assert.Equal(system[0].Major, first);
        Assert.Equal(system[0].Major, later);
    }

    [Fact]
    public void Without_any_server_the_way_out_is_told()
    {
        var refused = Assert.Throws<StartupException>(() => PostgresBinaries.Choose([], null, "/data/postgres"));

        Assert.Contains("HARBOR_DATABASE", refused.Message, StringComparison.Ordinal);
        Assert.Contains("/data/postgres", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Old_data_is_never_opened_by_a_newer_server()
    {
        PostgresBinaries[] found = [new(18, "/ours"), new(17, "/theirs")];

        Assert.Equal("/ours", PostgresBinaries.Choose(found, null, "/d").Folder);
        Assert.Equal("/theirs", PostgresBinaries.Choose(found, 17, "/d").Folder);
        Assert.Throws<StartupException>(() => PostgresBinaries.Choose(found, 16, "/d"));
        Assert.Throws<StartupException>(() => PostgresBinaries.Choose(found, 19, "/d"));
    }

    public void Dispose() => folder.Dispose();

    private async Task<int> VersionAsync(IReadOnlyList<PostgresBinaries> binaries)
    {
        await using var postgres = new EmbeddedPostgres(new EmbeddedPostgresOptions { Directory = folder["postgres"], Binaries = binaries }, TimeProvider.System);
        await postgres.StartAsync(NullLogger<EmbeddedPostgres>.Instance, CancellationToken.None);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString(EmbeddedPostgres.DatabaseName));
        await new SchemaMigrations(source, NullLogger<SchemaMigrations>.Instance).ApplyAsync(CancellationToken.None);
        await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
        return connection.PostgreSqlVersion.Major;
    }
}
