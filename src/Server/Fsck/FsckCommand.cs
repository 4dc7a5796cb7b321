using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Harbor.Modules.Fsck;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;
using Npgsql;

namespace Harbor.Server.Fsck;

/// <summary><c>harbor fsck</c>: compares the database with the store. docs/fsck.md is its manual.</summary>
internal static class FsckCommand
{
    private const int Clean = 0;
    private const int Failed = 1;
    private const int FindingsRemain = 2;
    private const int DefaultHours = 24;
    private const int MostHours = 24 * 365 * 100;

    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(10);

    public static Command Make(Option<string?> dataDirectory)
    {
        var deep = new Option<bool>("--deep") { Description = "Read and hash every byte" };
        var repair = new Option<bool>("--repair") { Description = "Mend what can be mended, and mark what cannot, so that a push heals it" };
        var erase = new Option<bool>("--erase-orphans") { Description = "Queue what no row owns for erasing" };
        var hours = new Option<int?>("--older-than") { Description = $"Age in hours from which on orphans are queued (default {DefaultHours})", HelpName = "HOURS" };
        var json = new Option<bool>("--json") { Description = "Write JSON, one object a line" };
        var command = new Command("fsck", "Compares the database with the stored bytes, also while a server runs")
        {
            dataDirectory, deep, repair, erase, hours, json,
        };
        command.Validators.Add(result =>
        {
            // By its text: asking for the value of what is no number throws here.
            if (result.GetResult(hours) is not { Tokens: [var given] })
            {
                return;
            }

            if (!result.GetValue(erase))
            {
                result.AddError("--older-than is for --erase-orphans.");
            }

            if (!int.TryParse(given.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MostHours)
            {
                result.AddError($"--older-than is a number of hours from 0 to {MostHours}.");
            }
        });
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(dataDirectory),
            new FsckOptions
            {
                Deep = parsed.GetValue(deep),
                Repair = parsed.GetValue(repair),
                EraseOrphans = parsed.GetValue(erase),
                OlderThan = TimeSpan.FromHours(parsed.GetValue(hours) ?? DefaultHours),
            },
            FsckOutput.Of(Console.Out, parsed.GetValue(json))));
        return command;
    }

    /// <returns>0: clean; 1: it could not be checked to the end; 2: findings remain.</returns>
    private static async Task<int> RunAsync(string? dataDirectory, FsckOptions options, FsckOutput output)
    {
        using var stop = new CancellationTokenSource();
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        try
        {
            await using var host = await FsckHost.StartAsync(HarborEnvironment.Read(dataDirectory, Environment.GetEnvironmentVariable), stop.Token);
            var tally = new FsckTally();
            await using (TimeProvider.System.CreateTimer(_ => Console.Error.WriteLine(FsckOutput.Progress(tally)), null, BetweenProgress, BetweenProgress))
            {
                await host.Check.RunAsync(options, tally, output.WriteAsync, stop.Token);
            }

            await output.WriteAsync(tally);
            return tally.Open == 0 ? Clean : FindingsRemain;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return await FailAsync("it was stopped");
        }
        catch (Exception e) when (e is StartupException or FsckException or NpgsqlException or IOException or UnauthorizedAccessException or RegistryException)
        {
            return await FailAsync(e.Message);
        }
    }

    private static async Task<int> FailAsync(string why)
    {
        await Console.Error.WriteLineAsync($"fsck did not come to its end: {why}");
        return Failed;
    }
}
