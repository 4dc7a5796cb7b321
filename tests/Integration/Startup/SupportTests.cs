using System.Net;
using Harbor.Platform.Data;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class SupportTests
{
    [Fact]
    public async Task Two_servers_in_one_process_have_databases_of_their_own()
    {
        await using var one = await TestHarbor.StartAsync();
        await using var other = await TestHarbor.StartAsync();

        await one.Database.QueryAsync("INSERT INTO setting (name, value) VALUES ('only', 'here')");

        Assert.Equal(1L, await one.Database.QueryAsync("SELECT count(*) FROM setting WHERE name = 'only'"));
        Assert.Equal(0L, await other.Database.QueryAsync("SELECT count(*) FROM setting WHERE name = 'only'"));
        Assert.NotEqual(one.Url, other.Url);
    }

    [Fact]
    public async Task The_databases_clock_is_shifted_for_every_replica()
    {
        await using var one = await TestHarbor.StartAsync();
        await using var other = await one.ReplicaAsync();

        Assert.Equal((0, 0), (await DaysAheadAsync(one), await DaysAheadAsync(other)));

        await one.ShiftDatabaseClockAsync(TimeSpan.FromDays(2));

        Assert.Equal((2, 2), (await DaysAheadAsync(one), await DaysAheadAsync(other)));
    }

    private static async Task<int> DaysAheadAsync(TestHarbor harbor)
    {
        await using var command = harbor.Services.GetRequiredService<Database>().Command("SELECT extract(day FROM harbor_now() - now())::int");
        return (int)(await command.ExecuteScalarAsync())!;
    }

    [Fact]
    public async Task A_request_that_no_client_would_send_reaches_the_server()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await using var connection = await harbor.ConnectAsync();

        await connection.SendAsync("NONSENSE\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {(int)HttpStatusCode.BadRequest}", await connection.ReadToEndAsync(), StringComparison.Ordinal);
    }
}
