using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Data.Embedded;

/// <summary>One run of the PostgreSQL server, from start to exit.</summary>
internal sealed class Postmaster
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Report = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FastStop = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ImmediateStop = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<int> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProcessOutput output = new();
    private readonly string directory;
    private readonly TimeProvider clock;
    private readonly ILogger logger;

    private Postmaster(string directory, TimeProvider clock, ILogger logger) => (this.directory, this.clock, this.logger) = (directory, clock, logger);

    public int ProcessId { get; private set; }

    /// <summary>Completes with the exit code when the server has ended.</summary>
    public Task<int> Exited => exited.Task;

    /// <summary>Starts the server and waits until it takes connections; recovery after a crash may take its time.</summary>
    /// <exception cref="StartupException">It ended instead; the message holds its last words.</exception>
    public static async Task<Postmaster> StartAsync(
        string directory, PostgresBinaries binaries, PostgresAccount account, TimeProvider clock, ILogger logger, CancellationToken ct)
    {
        var postmaster = new Postmaster(directory, clock, logger);
        var command = account.Command(directory, [.. await WrapperAsync(account, ct), binaries.Server, "-D", directory]);

        // A thread of its own, alive as long as the server: "die with your parent" means the parent's thread.
        var thread = new Thread(() => postmaster.Run(command)) { IsBackground = true, Name = "postgres" };
        thread.Start();
        postmaster.ProcessId = await postmaster.started.Task;
        try
        {
            await postmaster.WaitReadyAsync(ct);
            return postmaster;
        }
        catch (OperationCanceledException)
        {
            await postmaster.StopAsync();
            throw;
        }
    }

    /// <summary>Ends the server: open transactions are rolled back; one that hangs is cut off and recovers at the next start.</summary>
    public async Task StopAsync()
    {
        if (await EndsAsync(Posix.Interrupt, FastStop) || await EndsAsync(Posix.Quit, ImmediateStop))
        {
            return;
        }

        await EndsAsync(Posix.KillNow, ImmediateStop);
    }

    private async Task<bool> EndsAsync(int signal, TimeSpan within)
    {
        if (!Exited.IsCompleted)
        {
            Posix.Signal(ProcessId, signal);
            await Task.WhenAny(Exited, Task.Delay(within, clock));
        }

        return Exited.IsCompleted;
    }

    private void Run(ProcessStartInfo command)
    {
        try
        {
            using var process = Process.Start(command)!;
            process.StandardInput.Close();
            process.StandardOutput.Close();
            var reading = ReadAsync(process.StandardError);
            started.SetResult(process.Id);
            process.WaitForExit();
            _ = FinishAsync(process.ExitCode, reading);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
        {
            started.TrySetException(new StartupException($"PostgreSQL could not be started: {e.Message}", e));
            exited.TrySetResult(-1);
        }
    }

    private async Task FinishAsync(int exitCode, Task reading)
    {
        // Its last words arrive with the end of the stream, which a child of it may hold open a little longer.
        await Task.WhenAny(reading, Task.Delay(Report, clock));
        exited.SetResult(exitCode);
    }

    private async Task ReadAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            output.Add(line);
            var level = LevelOf(line);
            Log.ServerSaid(logger, level, line);
        }
    }

    private async Task WaitReadyAsync(CancellationToken ct)
    {
        var begun = clock.GetTimestamp();
        var reported = TimeSpan.Zero;
        while (!IsReady())
        {
            if (Exited.IsCompleted)
            {
                throw new StartupException(
                    $"PostgreSQL does not start on {directory}: {output.LastLines}. If its files are damaged, restore the directory from a backup.");
            }

            if (clock.GetElapsedTime(begun) - reported > Report)
            {
                reported += Report;
                Log.StillRecovering(logger, directory, (int)reported.TotalSeconds);
            }

            await Task.Delay(Look, clock, ct);
        }
    }

    private bool IsReady() =>
        LeftoverServer.StatusLines(directory) is { Length: >= 8 } lines
        && LeftoverServer.PostmasterId(directory) == ProcessId
        && lines[7].Trim() == "ready";

    /// <summary>A session of its own (Ctrl-C is for us: we stop it after the last request), and the end of ours is the end of it.</summary>
    private static async Task<string[]> WrapperAsync(PostgresAccount account, CancellationToken ct)
    {
        string[] wrapper = ["setsid", "setpriv", "--pdeathsig", "INT"];
        try
        {
            return await new ProcessOutput().RunAsync(account.Command("/", [.. wrapper, "true"]), ct) == 0 ? wrapper : [];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return [];   // neither is everywhere; what outlives us is found at the next start
        }
    }

    private static LogLevel LevelOf(string line) => line.Split(':', 2)[0] switch
    {
        "PANIC" => LogLevel.Error,
        "WARNING" => LogLevel.Warning,
        "FATAL" => LogLevel.Information,   // the end of a session; when it is the server's, its starter says so
        _ => LogLevel.Debug,   // failed statements are answered where they were made
    };
}
