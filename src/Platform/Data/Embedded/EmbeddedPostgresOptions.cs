namespace Harbor.Platform.Data.Embedded;

/// <summary>Where and how the private PostgreSQL runs.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>Absolute path of PostgreSQL's own data directory. Made at the first start; a lock file lies beside it.</summary>
    public required string Directory { get; init; }

    /// <summary>Servers to choose from, the preferred first. Default: <see cref="PostgresBinaries.Discover"/>.</summary>
    public IReadOnlyList<PostgresBinaries>? Binaries { get; init; }

    /// <summary>Settings that differ from <see cref="PostgresConfiguration"/>, such as <c>fsync</c> in tests.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Most connections of one pool. Below <c>max_connections</c>, which keeps some for the listener and for maintenance.</summary>
    public int PoolSize { get; init; } = 100;
}
