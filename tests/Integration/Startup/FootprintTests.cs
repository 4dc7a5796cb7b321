using System.Globalization;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Startup;

/// <summary>Prints what a start costs. The limits are wide: a busy machine is no defect; the targets are measured in bench.</summary>
public sealed class FootprintTests(ITestOutputHelper output) : IDisposable
{
    private const int MostIdleMegabytes = 250;

    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task The_first_start_is_quick_and_the_idle_server_small()
    {
        TimeSpan cold;
        await using (var first = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"] }))
        {
            cold = first.StartTime;
            await first.StopAsync();
        }

        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"] });
        var all = (List<int>)[harbor.Id, harbor.DatabaseProcessId, .. ChildrenOf(harbor.DatabaseProcessId)];
        var kilobytes = all.Sum(ProportionalKilobytes);

        output.WriteLine($"first start {cold.TotalSeconds:F2} s, later start {harbor.StartTime.TotalSeconds:F2} s, idle {kilobytes / 1024} MB in {all.Count} processes");
        Assert.InRange(kilobytes / 1024, 1, MostIdleMegabytes);
    }

    public void Dispose() => folder.Dispose();

    private static IEnumerable<int> ChildrenOf(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    /// <summary>What a process holds, shared pages counted in part (PSS).</summary>
    private static int ProportionalKilobytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/smaps_rollup").First(text => text.StartsWith("Pss:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
