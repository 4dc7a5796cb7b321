using System.Diagnostics;
using System.Globalization;
using Harbor.Platform.Diagnostics;

namespace Harbor.CrashHost;

/// <summary>Ends the process as <c>kill -9</c> does, when a named pause point is reached for the n-th time.</summary>
internal sealed class CrashPoint(string point, int visits) : PausePoints
{
    private int visited;

    /// <summary><c>name</c>, or <c>name@3</c> for the third visit.</summary>
    public static CrashPoint Parse(string text) => text.Split('@', 2) switch
    {
        [var name, var count] => new CrashPoint(name, int.Parse(count, CultureInfo.InvariantCulture)),
        [var name] => new CrashPoint(name, 1),
        _ => throw new ArgumentException("no pause point named", nameof(text)),
    };

    public override async ValueTask ReachAsync(string name, CancellationToken ct)
    {
        if (name == point && Interlocked.Increment(ref visited) == visits)
        {
            // The parent reads this, so that a test whose point is never reached fails and does not pass.
            await Console.Error.WriteLineAsync($"Crashing at {name}");
            Process.GetCurrentProcess().Kill();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        }
    }
}
