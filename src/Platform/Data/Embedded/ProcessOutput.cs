using System.Diagnostics;

namespace Harbor.Platform.Data.Embedded;

/// <summary>The last lines that a program wrote: what tells why it ended.</summary>
internal sealed class ProcessOutput
{
    private const int MaxLines = 12;

    private readonly Queue<string> lines = new();

    public string LastLines
    {
        get
        {
            lock (lines)
            {
                return lines.Count == 0 ? "it said nothing" : string.Join("; ", lines.Select(line => line.Trim()));
            }
        }
    }

    public void Add(string line)
    {
        lock (lines)
        {
            lines.Enqueue(line);
            if (lines.Count > MaxLines)
            {
                lines.Dequeue();
            }
        }
    }

    /// <summary>Runs a program to its end and answers its exit code.</summary>
    public async Task<int> RunAsync(ProcessStartInfo command, CancellationToken ct)
    {
        using var process = Process.Start(command)!;
        process.StandardInput.Close();
        try
        {
            var discarded = process.StandardOutput.ReadToEndAsync(ct);
            while (await process.StandardError.ReadLineAsync(ct) is { } line)
            {
                Add(line);
            }

            await discarded;
            await process.WaitForExitAsync(ct);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
