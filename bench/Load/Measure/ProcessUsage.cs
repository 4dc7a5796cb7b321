using System.Globalization;

namespace Harbor.Load.Measure;

/// <summary>What the watched processes have used at one moment. Sizes in bytes.</summary>
/// <param name="Processes">How many were alive.</param>
/// <param name="CpuSeconds">User and system time since they started, with that of their children that have ended.</param>
/// <param name="Resident">Sum of VmRSS; a page that two processes share counts twice.</param>
/// <param name="Proportional">Sum of Pss, where a shared page counts once in all; VmRSS where it cannot be read.</param>
/// <param name="Peak">Sum of VmHWM, each process's highest resident size since <see cref="ProcessWatch.ForgetPeaks"/>.</param>
internal readonly record struct ProcessUsage(int Processes, double CpuSeconds, long Resident, long Proportional, long Peak)
{
    // USER_HZ, the unit of times in /proc, is 100 on every Linux architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Reads /proc/PID; null when the process has ended.</summary>
    public static ProcessUsage? Read(int pid)
    {
        try
        {
            var stat = StatFields(pid);
            var status = File.ReadAllLines($"/proc/{pid}/status");
            var resident = Kilobytes(status, "VmRSS:") ?? 0;
            // utime, stime, and the same of children that were waited for.
            var ticks = stat[11..15].Sum(field => long.Parse(field, Invariant));
            return new(1, ticks / TicksPerSecond, resident, Proportion(pid) ?? resident, Kilobytes(status, "VmHWM:") ?? resident);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The parent of a process; null when the process has ended.</summary>
    public static int? ParentOf(int pid)
    {
        try
        {
            return int.Parse(StatFields(pid)[1], Invariant);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static ProcessUsage operator +(ProcessUsage left, ProcessUsage right) => new(
        left.Processes + right.Processes,
        left.CpuSeconds + right.CpuSeconds,
        left.Resident + right.Resident,
        left.Proportional + right.Proportional,
        left.Peak + right.Peak);

    // The fields behind the command's name, which may itself hold blanks and brackets: state, parent, ...
    private static string[] StatFields(int pid)
    {
        var line = File.ReadAllText($"/proc/{pid}/stat");
        return line[(line.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static long? Proportion(int pid)
    {
        try
        {
            return Kilobytes(File.ReadAllLines($"/proc/{pid}/smaps_rollup"), "Pss:");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long? Kilobytes(string[] lines, string label)
    {
        var line = Array.Find(lines, each => each.StartsWith(label, StringComparison.Ordinal));
        return line is null ? null : 1024 * long.Parse(line[label.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), Invariant);
    }
}
