using System.Text.Json;
using Harbor.Integration.Content;
using Harbor.Integration.Content.Crashes;
using Harbor.Integration.Startup;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Fsck;

/// <summary><c>harbor fsck</c> as an operator runs it.</summary>
public sealed class CommandTests : IDisposable
{
    private static readonly TestImage Image = TestImage.Of("one", TestImage.Bytes(1));
    private static readonly Digest Layer = Digest.Of(TestImage.Bytes(1));

    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task It_uses_the_database_of_the_server_that_runs_here_and_lets_it_run_on()
    {
        await PreparedData.CopyToAsync(folder["data"]);
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"] });
        using var client = await PushAsync(harbor);
        var database = harbor.DatabaseProcessId;

        var clean = await RunAsync("--deep");
        Delete(Layer);
        var found = await RunAsync();
        var repaired = await RunAsync("--repair");
        await client.PushAsync(Image, "latest");
        var healed = await RunAsync("--deep");

        Assert.Equal((0, "Clean."), (clean.ExitCode, clean.Output[^1]));
        Assert.Equal(2, found.ExitCode);
        Assert.StartsWith($"missing {Layer} docker/registry/v2/blobs/sha256/", found.Output[0], StringComparison.Ordinal);
        Assert.EndsWith("(5000 bytes): its bytes are not there; in library/web", found.Output[0], StringComparison.Ordinal);
        Assert.Equal((2, true), (repaired.ExitCode, repaired.Output[0].EndsWith("-> marked-lost", StringComparison.Ordinal)));
        Assert.Equal((0, "Clean."), (healed.ExitCode, healed.Output[^1]));
        Assert.Equal(TestImage.Bytes(1), await client.GetAsync($"blobs/{Layer}"));
        Assert.Equal(database, harbor.DatabaseProcessId);
        Assert.Equal(0, await harbor.StopAsync());
    }

    [Fact]
    public async Task It_runs_the_database_itself_when_no_server_does_and_stops_it_afterwards()
    {
        await PreparedData.CopyToAsync(folder["data"]);
        await using (var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"] }))
        {
            (await PushAsync(harbor)).Dispose();
            Assert.Equal(0, await harbor.StopAsync());
        }

        var clean = await RunAsync("--deep");
        Delete(Layer);
        var found = await RunAsync("--json");

        Assert.Equal((0, ""), (clean.ExitCode, clean.Error));
        Assert.Equal(2, found.ExitCode);
        var lines = found.Output.Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        Assert.Equal(("missing", "remains", Layer.Value), (Text(lines[0], "kind"), Text(lines[0], "outcome"), Text(lines[0], "digest")));
        Assert.Equal(["library/web"], lines[0].GetProperty("repositories").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(("summary", 1), (Text(lines[^1], "kind"), lines[^1].GetProperty("remaining").GetInt32()));
        Assert.False(File.Exists(folder["data/postgres/postmaster.pid"]));
        await using var again = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"] });
    }

    [Fact]
    public async Task After_kill_9_under_pushes_there_are_orphans_at_most()
    {
        await using var world = await CrashWorld.CreateAsync();
        for (var kill = 0; kill < 4; kill++)
        {
            await using var harbor = await HarborProcess.StartAsync(world.Process());
            var pushing = Enumerable.Range(0, 3).Select(client => PushUntilKilledAsync(harbor.Url, (kill * 10_000) + (client * 1000))).ToList();
            await Task.WhenAny(pushing.Append(Task.Delay(300 + (kill * 100), TestContext.Current.CancellationToken)));
            await harbor.KillAsync();
            await Task.WhenAll(pushing);

            var result = await FsckProcess.RunAsync(world.PathOf(".."), world.Database.ConnectionString, "--deep", "--json");

            var kinds = result.Output.Select(line => Text(JsonSerializer.Deserialize<JsonElement>(line), "kind")).ToHashSet();
            Assert.Subset(new HashSet<string?> { "orphan", "summary" }, kinds);
            Assert.Equal(kinds.Contains("orphan") ? 2 : 0, result.ExitCode);
        }
    }

    [Theory]
    [InlineData("--older-than", "5")]
    [InlineData("--erase-orphans", "--older-than", "-1")]
    [InlineData("--erase-orphans", "--older-than", "soon")]
    [InlineData("--erase-orphans", "--older-than", "99999999999")]
    [InlineData("--mend")]
    [InlineData("everything")]
    public async Task A_bad_option_is_refused_before_anything_is_looked_at(params string[] options)
    {
        var result = await RunAsync(options);

        Assert.Equal(1, result.ExitCode);
        Assert.NotEqual("", result.Error);
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Fact]
    public async Task A_directory_that_holds_no_registry_is_told_and_left_as_it_is()
    {
        var absent = await RunAsync();
        Directory.CreateDirectory(folder["data/storage"]);
        var without = await RunAsync();

        Assert.Equal((1, 1), (absent.ExitCode, without.ExitCode));
        Assert.Contains($"There is no storage in {folder["data"]}", absent.Error, StringComparison.Ordinal);
        Assert.Contains($"There is no database in {folder["data/postgres"]}", without.Error, StringComparison.Ordinal);
        Assert.Equal([folder["data/storage"]], Directory.GetFileSystemEntries(folder["data"]));
    }

    [Theory]
    [InlineData("INSERT INTO schema_migration (name, sha256) VALUES ('9999_future', '')", "at schema 9999_future, which this release does not know")]
    [InlineData("DELETE FROM schema_migration WHERE name = (SELECT max(name) FROM schema_migration)", "has not got schema")]
    [InlineData("DROP TABLE schema_migration", "no Harbor has been started on it")]
    public async Task A_database_of_another_release_is_refused_and_not_migrated(string change, string reason)
    {
        await using var harbor = await TestHarbor.StartAsync();
        await harbor.Database.QueryAsync(change);

        var result = await FsckProcess.RunAsync(harbor.DataDirectory, harbor.Database.ConnectionString, "--repair");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("Host=/nowhere;Database=harbor", "cannot be reached")]
    [InlineData("nonsense", "HARBOR_DATABASE cannot be read")]
    public async Task A_database_that_is_not_to_be_had_is_told_at_once(string database, string reason)
    {
        Directory.CreateDirectory(folder["data/storage"]);

        var result = await FsckProcess.RunAsync(folder["data"], database);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_of_another_database_is_not_repaired()
    {
        await using var harbor = await TestHarbor.StartAsync();
        File.Delete(Path.Combine(harbor.DataDirectory, "storage", InstanceMarker.FileName));

        var looked = await FsckProcess.RunAsync(harbor.DataDirectory, harbor.Database.ConnectionString);
        var repaired = await FsckProcess.RunAsync(harbor.DataDirectory, harbor.Database.ConnectionString, "--repair");

        Assert.Equal((2, 1), (looked.ExitCode, repaired.ExitCode));
        Assert.StartsWith("foreign-storage", looked.Output[0], StringComparison.Ordinal);
        Assert.Contains("Nothing is changed", repaired.Error, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static string? Text(JsonElement line, string name) => line.GetProperty(name).GetString();

    private static async Task PushUntilKilledAsync(Uri server, int seed)
    {
        using var client = new RegistryClient(server, $"library/kill-{seed}");
        try
        {
            for (; ; seed++)
            {
                await client.PushAsync(TestImage.Of($"{seed}", TestImage.Bytes(seed, 200_000)), "latest");
                await client.PutInChunksAsync(TestImage.Bytes(seed + 500, 100_000), 4);
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }

    private static async Task<RegistryClient> PushAsync(HarborProcess harbor)
    {
        var client = new RegistryClient(harbor.Url, "library/web");
        await client.PushAsync(Image, "latest");
        return client;
    }

    private void Delete(Digest digest) =>
        File.Delete(Assert.Single(Directory.GetFiles(folder[$"data/storage/docker/registry/v2/blobs/sha256/{digest.Hex[..2]}/{digest.Hex}"])));

    private Task<FsckProcess> RunAsync(params string[] options) => FsckProcess.RunAsync(folder["data"], null, options);
}
