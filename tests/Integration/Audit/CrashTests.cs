using Harbor.Integration.Content;
using Harbor.Integration.Startup;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Audit;

/// <summary>Whenever the server is killed, each push that was acknowledged has its one record in the end.</summary>
public sealed class CrashTests
{
    private const int Rounds = 4;

    [Fact]
    public async Task After_kill_9_every_acknowledged_push_is_recorded_once()
    {
        using var folder = new TemporaryDirectory();
        await using var database = await TestDatabase.CreateAsync();
        var options = new HarborProcessOptions
        {
            DataDirectory = folder["data"],
            Database = database.ConnectionString,
            Environment = new Dictionary<string, string> { ["HARBOR_SECRET_KEY"] = TestHarbor.SecretKey },
        };
        var pushed = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var harbor = await HarborProcess.StartAsync(options);
            using var client = new RegistryClient(harbor.Url, "library/web");
            for (var number = 0; number < 10; number++)
            {
                var tag = $"r{round}-{number}";
                await client.PushAsync(TestImage.Of(tag, TestImage.Bytes(number, 100)), tag);
                pushed.Add(tag);
            }

            await harbor.KillAsync();   // some events are told by now, some are being told, some are not
        }

        await using (await HarborProcess.StartAsync(options))
        {
            await Eventually.HoldsAsync(async () => (long)(await database.QueryAsync("SELECT count(*) FROM outbox"))! == 0, "everything is told");
        }

        Assert.Equal((long)pushed.Count, await database.QueryAsync("SELECT count(*) FROM audit_log_ext WHERE operation = 'create' AND resource_type = 'artifact'"));
        Assert.Equal((long)pushed.Count, await database.QueryAsync("SELECT count(DISTINCT resource) FROM audit_log_ext WHERE operation = 'create' AND resource_type = 'artifact'"));
    }
}
