using Harbor.Platform.Settings;

namespace Harbor.Modules.Configuration;

/// <summary>A setting that is fixed while the server runs; shown to internal callers alone.</summary>
/// <param name="Variable">Harbor's environment variable for it.</param>
/// <param name="Find">How this process knows the value; null takes the environment's word.</param>
internal sealed record SystemSetting(Setting Setting, string Variable, Func<RunningServer, object>? Find = null)
{
    /// <summary>A text, a number or a truth value. Secrets of the installation itself are not handed out: no other process has a use for them.</summary>
    public object ValueIn(RunningServer server) =>
        Setting.IsSecret ? string.Empty : Find?.Invoke(server) ?? Setting.ValueIn(FromEnvironment(server.Options));

    private SettingValues FromEnvironment(HarborOptions options) => new(options.Variable(Variable) is { Length: > 0 } text
        ? new Dictionary<string, string> { [Setting.Name] = text }
        : new Dictionary<string, string>());
}

/// <summary>What a running server knows of itself.</summary>
/// <param name="Address">Where it is reached, such as <c>https://registry.example.com</c>.</param>
internal sealed record RunningServer(HarborOptions Options, Npgsql.NpgsqlConnectionStringBuilder Database, string Address);
