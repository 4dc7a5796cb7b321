using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.JobService;

internal sealed record PoolPath(string PoolId) : IApiParameters<PoolPath>
{
    private static readonly ApiParameter IdParameter = new("pool_id", "path", "string", Required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IdParameter];

    public static PoolPath Read(HttpContext http) => new(IdParameter.ReadText(http)!);
}

internal sealed record JobPath(string JobId) : IApiParameters<JobPath>
{
    private static readonly ApiParameter IdParameter = new("job_id", "path", "string", Required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IdParameter];

    public static JobPath Read(HttpContext http) => new(IdParameter.ReadText(http)!);
}

internal sealed record JobTypePath(string JobType) : IApiParameters<JobTypePath>
{
    private static readonly ApiParameter TypeParameter = new("job_type", "path", "string", Required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [TypeParameter];

    public bool IsAll => JobType.Equals("all", StringComparison.OrdinalIgnoreCase);

    public static JobTypePath Read(HttpContext http) => new(TypeParameter.ReadText(http)!);
}
