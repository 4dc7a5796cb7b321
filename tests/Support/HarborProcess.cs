using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Harbor.Platform.Data.Embedded;
using Npgsql;

namespace Harbor.Support;

/// <summary>The real executable as a process of its own: to be killed, signalled and looked at.</summary>
public sealed class HarborProcess : IAsyncDisposable
{
    private const string ReadyPrefix = "Harbor is ready on ";
    private const int SigTerm = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly long begun = Stopwatch.GetTimestamp();
    private readonly Process process;
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentQueue<string> errors = new();
    private readonly Task reading;
    private readonly string dataDirectory;
    private HttpClient? client;

    private HarborProcess(Process process, string dataDirectory)
    {
        (this.process, this.dataDirectory) = (process, dataDirectory);
        reading = Task.WhenAll(ReadAsync(process.StandardOutput, output), ReadAsync(process.StandardError, errors));
    }

    public int Id => process.Id;

    /// <summary>Its address; known once it is ready.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>From the start of the process to the ready line.</summary>
    public TimeSpan StartTime { get; private set; }

    public IReadOnlyList<string> Output => [.. output];

    public IReadOnlyList<string> Errors => [.. errors];

    public bool HasExited => process.HasExited;

    /// <summary>A client without credentials that follows no redirects.</summary>
    public HttpClient Client => client ??= TestHarbor.Client(Url);

    /// <summary>Starts it and waits for the ready line.</summary>
    public static async Task<HarborProcess> StartAsync(HarborProcessOptions options)
    {
        var harbor = Launch(options);
        if (!await harbor.TryGetReadyAsync())
        {
            await harbor.DisposeAsync();
            throw new InvalidOperationException($"Harbor did not get ready:\n{string.Join('\n', harbor.errors.Concat(harbor.output))}");
        }

        return harbor;
    }

    /// <summary>Starts it and does not wait.</summary>
    public static HarborProcess Launch(HarborProcessOptions options)
    {
        var program = options.CrashAt is null ? ("Server", "harbor") : ("CrashHost", "Harbor.CrashHost");
        var executable = Path.Combine(options.ProgramFolder ?? BuildFolder(program.Item1), program.Item2);
        string[] account = options.User is { } user ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups"] : [];
        string[] command = [.. account, .. options.Wrapper, executable, "--data-dir", options.DataDirectory, "--urls", options.Urls];
        var info = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        command.Skip(1).ToList().ForEach(info.ArgumentList.Add);
        info.Environment.Where(variable => variable.Key.StartsWith("HARBOR_", StringComparison.Ordinal)).ToList().ForEach(variable => info.Environment.Remove(variable.Key));
        info.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        info.Environment["HARBOR_DATABASE"] = options.Database;
        info.Environment["HARBOR_CRASH_AT"] = options.CrashAt;
        foreach (var (name, value) in options.Environment)
        {
            info.Environment[name] = value;
        }

        return new HarborProcess(Process.Start(info)!, options.DataDirectory);
    }

    /// <summary>Waits for the ready line; false when it ends before, or takes too long.</summary>
    public async Task<bool> TryGetReadyAsync()
    {
        var ended = process.WaitForExitAsync();
        if (await Task.WhenAny(ready.Task, ended, Task.Delay(Patience)) != ready.Task)
        {
            return false;
        }

        StartTime = Stopwatch.GetElapsedTime(begun);
        Url = await ready.Task;
        return true;
    }

    /// <summary><c>kill -9</c> of the server alone; its database is left to itself.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Sends SIGTERM and goes on.</summary>
    public void Terminate() => Posix.Signal(process.Id, SigTerm);

    /// <summary>Waits for its end and its last words; answers the exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        await reading.WaitAsync(Patience);
        return process.ExitCode;
    }

    /// <summary>Process number of its embedded PostgreSQL; 0 when none is ready.</summary>
    public int DatabaseProcessId =>
        LeftoverServer.StatusLines(DatabaseDirectory) is { Length: >= 8 } lines && lines[7].Trim() == "ready" ? LeftoverServer.PostmasterId(DatabaseDirectory) : 0;

    public string DatabaseDirectory => Path.Combine(dataDirectory, "postgres");

    /// <summary>Runs a statement in the embedded database; answers the first value of the first row.</summary>
    public async Task<object?> QueryDatabaseAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"Host={DatabaseDirectory};Username=harbor;Database={EmbeddedPostgres.DatabaseName};Pooling=false;SSL Mode=Disable");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? value : null;
    }

    /// <summary>SIGTERM, then waits; answers the exit code.</summary>
    public Task<int> StopAsync()
    {
        Terminate();
        return WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (!process.HasExited)
        {
            Terminate();
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(Patience));
            if (!process.HasExited)
            {
                await KillAsync();
            }
        }

        process.Dispose();
    }

    /// <summary>Folder of a project's build output, beside this one's.</summary>
    public static string BuildFolder(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));   // artifacts/bin/<project>/<configuration>
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name);
    }

    private async Task ReadAsync(StreamReader reader, ConcurrentQueue<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
            if (line.StartsWith(ReadyPrefix, StringComparison.Ordinal))
            {
                ready.TrySetResult(new Uri(line[ReadyPrefix.Length..].Split(' ')[0]));
            }
        }
    }
}
