namespace Harbor.Platform.Diagnostics;

/// <summary>Named places between two steps of a write. In production they do nothing; a test stops, reorders or kills there.</summary>
public class PausePoints
{
    public static readonly PausePoints None = new();

    /// <summary>Tells that the step before <paramref name="name"/> is done and the one after it is not begun.</summary>
    public virtual ValueTask ReachAsync(string name, CancellationToken ct) => ValueTask.CompletedTask;
}
