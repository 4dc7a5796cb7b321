namespace Harbor.Support;

/// <summary>How a server process is started.</summary>
public sealed class HarborProcessOptions
{
    public required string DataDirectory { get; init; }

    /// <summary>Npgsql connection string; null: the embedded database.</summary>
    public string? Database { get; init; }

    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>More environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Pause point at which it kills itself, or <c>point@n</c> for the n-th visit; null: it does not.</summary>
    public string? CrashAt { get; init; }

    /// <summary>Numeric user and group to run as, when we are root; null: as ourselves.</summary>
    public uint? User { get; init; }

    /// <summary>Command that runs it, such as <c>unshare</c> with its arguments.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>Folder of the executable; null: the build's.</summary>
    public string? ProgramFolder { get; init; }
}
