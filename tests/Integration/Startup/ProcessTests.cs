using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class ProcessTests
{
    [Fact]
    public async Task SIGTERM_ends_the_server_and_its_database_with_exit_code_0()
    {
        using var folder = new TemporaryDirectory();
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"] });

        Assert.Equal(0, await harbor.StopAsync());
        Assert.False(File.Exists(folder["data/postgres/postmaster.pid"]));
    }
}
