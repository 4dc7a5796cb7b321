using System.Diagnostics;
using System.Runtime.InteropServices;
using Harbor.Support;

namespace Harbor.Integration.Fsck;

/// <summary>The real executable's <c>fsck</c>, run to its end.</summary>
internal sealed record FsckProcess(int ExitCode, IReadOnlyList<string> Output, string Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <param name="database">Npgsql connection string; null: the embedded database.</param>
    public static async Task<FsckProcess> RunAsync(string dataDirectory, string? database, params string[] options)
    {
        var info = new ProcessStartInfo(Path.Combine(HarborProcess.BuildFolder("Server"), "harbor"), ["fsck", "--data-dir", dataDirectory, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Where(variable => variable.Key.StartsWith("HARBOR_", StringComparison.Ordinal)).ToList().ForEach(variable => info.Environment.Remove(variable.Key));
        info.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        info.Environment["HARBOR_DATABASE"] = database;
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return new FsckProcess(process.ExitCode, (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries), await error);
    }
}
