using System.CommandLine;
using System.Runtime.InteropServices;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;
using Harbor.Server.Fsck;

namespace Harbor.Server;

/// <summary>The command line.</summary>
public static class HarborProgram
{
    private const int Failed = 1;

    /// <param name="overrides">Replaces services; for test hosts.</param>
    /// <returns>The exit code: 0 after a clean stop, 1 when the server could not start. A command may have codes of its own.</returns>
    public static Task<int> RunAsync(string[] args, Action<IServiceCollection>? overrides)
    {
        var urls = new Option<string?>("--urls") { Description = $"Addresses to listen on, separated by semicolons (default {HarborServer.DefaultUrl})" };
        var dataDirectory = new Option<string?>("--data-dir") { Description = "Folder that holds everything (default HARBOR_DATA_DIR, else ./data)" };
        Task<int> Serve(ParseResult command, CancellationToken _) => ServeAsync(command.GetValue(dataDirectory), command.GetValue(urls), overrides);

        var serve = new Command("serve", "Runs the registry (what happens without a command, too)") { urls, dataDirectory };
        serve.SetAction(Serve);
        var root = new RootCommand("Harbor: a registry for container images and other OCI artifacts.") { serve, FsckCommand.Make(dataDirectory), urls, dataDirectory };
        root.SetAction(Serve);

        // Signals are handled while serving, where a first one lets requests end.
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static async Task<int> ServeAsync(string? dataDirectory, string? urls, Action<IServiceCollection>? overrides)
    {
        using var stop = new CancellationTokenSource();
        using var hurry = new CancellationTokenSource();
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            (stop.IsCancellationRequested ? hurry : stop).Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnSignal);
        try
        {
            var options = HarborEnvironment.Read(dataDirectory, Environment.GetEnvironmentVariable);
            await using var server = await HarborServer.StartAsync(options, urls, overrides, stop.Token);
            await Console.Out.WriteLineAsync($"Harbor is ready on {string.Join(' ', server.Urls)}");
            await Task.WhenAny(server.Stopping, Task.Delay(Timeout.Infinite, stop.Token));
            await server.StopAsync(hurry.Token);
            return stop.IsCancellationRequested ? 0 : Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;   // told to stop while starting
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync($"Harbor cannot start: {e.Message}");
            return Failed;
        }
    }
}
