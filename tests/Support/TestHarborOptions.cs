using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Support;

/// <summary>How a test's server differs from a plain one.</summary>
public sealed class TestHarborOptions
{
    /// <summary>Replaces services: a <see cref="TimeProvider"/>, pause points ...</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>A database to share; null: one of its own.</summary>
    public TestDatabase? Database { get; init; }

    /// <summary>A data directory to share or keep; null: a temporary one.</summary>
    public string? DataDirectory { get; init; }

    public Uri? ExternalUrl { get; init; }

    public TimeSpan GarbageGrace { get; init; } = TimeSpan.FromHours(2);

    public TimeSpan UploadLifetime { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public bool ForgetDeletedUsers { get; init; }

    /// <summary>Secrets of the parts called core and jobservice.</summary>
    public (string? Core, string? JobService) InternalSecrets { get; init; }

    /// <summary>What <c>CONFIG_OVERWRITE_JSON</c> says.</summary>
    public string? ConfigOverwrite { get; init; }

    /// <summary>What <c>SKIP_LOG_AUDIT_DATABASE</c> says.</summary>
    public bool? SkipAuditLogDatabase { get; init; }

    /// <summary>More environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public bool ForgetDeletedUsersInAudit { get; init; }
}
