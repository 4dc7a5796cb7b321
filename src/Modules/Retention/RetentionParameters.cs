using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Retention;

internal sealed record PolicyPath(long Id) : IApiParameters<PolicyPath>
{
    private static readonly ApiParameter IdParameter = ApiParameter.PathNumber("id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IdParameter];

    public static PolicyPath Read(HttpContext http) => new(IdParameter.ReadNumber(http));
}

internal sealed record ExecutionPath(long Id) : IApiParameters<ExecutionPath>
{
    private static readonly ApiParameter IdParameter = ApiParameter.PathNumber("eid");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IdParameter];

    public static ExecutionPath Read(HttpContext http) => new(IdParameter.ReadNumber(http));
}

internal sealed record TaskPath(long Id) : IApiParameters<TaskPath>
{
    private static readonly ApiParameter IdParameter = ApiParameter.PathNumber("tid");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IdParameter];

    public static TaskPath Read(HttpContext http) => new(IdParameter.ReadNumber(http));
}

/// <summary>Pages of these lists have no size unless one is asked for: then everything is shown.</summary>
internal sealed record FreePage(PageRequest Request) : IApiParameters<FreePage>
{
    private static readonly ApiParameter PageParameter = ApiParameter.Number("page");
    private static readonly ApiParameter SizeParameter = ApiParameter.Number("page_size");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [PageParameter, SizeParameter];

    public static FreePage Read(HttpContext http) => new(new PageRequest(Math.Max(1, PageParameter.ReadNumber(http)), SizeParameter.ReadNumber(http)));
}
