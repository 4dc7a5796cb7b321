using System.Net.Sockets;
using Harbor.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class ShutdownTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task SIGTERM_ends_the_server_and_its_database_with_exit_code_0()
    {
        await PreparedData.CopyToAsync(folder["data"]);
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"] });

        Assert.Equal(0, await harbor.StopAsync());
        Assert.False(File.Exists(folder["data/postgres/postmaster.pid"]));
        Assert.DoesNotContain(harbor.Output, line => line.Contains("\"LogLevel\":\"Error\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SIGTERM_while_starting_ends_it_with_exit_code_0()
    {
        await using var harbor = HarborProcess.Launch(new HarborProcessOptions { DataDirectory = folder["data"] });
        await Eventually.HoldsAsync(() => Directory.Exists(folder["data"]) && Directory.EnumerateDirectories(folder["data"], "postgres*").Any(), "initdb runs");

        Assert.Equal(0, await harbor.StopAsync());

        await using var again = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"] });
        Assert.Equal(2L, await again.QueryDatabaseAsync("SELECT count(*) FROM harbor_user"));
    }

    [Fact]
    public async Task A_running_upload_ends_before_the_server_does_and_new_connections_are_refused()
    {
        var reader = new BodyReaders();
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions { Services = reader.AddTo, ShutdownTimeout = TimeSpan.FromSeconds(30) });
        await using var upload = await harbor.ConnectAsync();
        await upload.SendAsync("PUT /v2/slow-upload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345");
        await reader.Begun.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        var stopping = harbor.StopAsync();
        await Eventually.HoldsAsync(() => RefusesAsync(harbor), "no new connection is taken");
        Assert.False(stopping.IsCompleted);
        await upload.SendAsync("67890");

        Assert.Contains("10 bytes read", await upload.ReadUntilAsync(text => text.Contains("read", StringComparison.Ordinal), TimeSpan.FromSeconds(10)), StringComparison.Ordinal);
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_upload_that_does_not_end_is_cut_off_at_the_time_limit()
    {
        var reader = new BodyReaders();
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions { Services = reader.AddTo, ShutdownTimeout = TimeSpan.FromSeconds(1) });
        await using var upload = await harbor.ConnectAsync();
        await upload.SendAsync("PUT /v2/slow-upload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345");
        await reader.Begun.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        await harbor.StopAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.DoesNotContain("200 OK", await upload.ReadToEndAsync(), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static async Task<bool> RefusesAsync(TestHarbor harbor)
    {
        try
        {
            await using var connection = await harbor.ConnectAsync();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Answers uploads to a path of its own with the number of bytes that came.</summary>
    private sealed class BodyReaders : IStartupFilter
    {
        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => begun.Task;

        public void AddTo(IServiceCollection services) => services.AddSingleton<IStartupFilter>(this);

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (HttpContext context, RequestDelegate inner) =>
            {
                if (context.Request.Path != "/v2/slow-upload")
                {
                    await inner(context);
                    return;
                }

                var buffer = new byte[16];
                var total = 0;
                while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
                {
                    total += count;
                    begun.TrySetResult();
                }

                await context.Response.WriteAsync($"{total} bytes read", context.RequestAborted);
            });
            next(app);
        };
    }
}
