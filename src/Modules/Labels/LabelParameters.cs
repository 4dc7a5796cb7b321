using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Labels;

/// <param name="Scope"><c>g</c> or <c>p</c>; anything else is refused later.</param>
/// <param name="Filter">The name to look for, as a condition of <c>q</c>.</param>
internal sealed record LabelListParameters(string? Scope, long ProjectId, FilterQuery Filter) : IApiParameters<LabelListParameters>
{
    private static readonly ApiParameter NameParameter = ApiParameter.Text("name");
    private static readonly ApiParameter ScopeParameter = ApiParameter.Text("scope");
    private static readonly ApiParameter ProjectParameter = ApiParameter.Number("project_id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [NameParameter, ScopeParameter, ProjectParameter];

    public static LabelListParameters Read(HttpContext http) => new(
        ScopeParameter.ReadText(http), ProjectParameter.ReadNumber(http),
        NameParameter.ReadText(http) is { Length: > 0 } name ? new FilterQuery([new FilterCondition("name", FilterOperator.Contains, [name])]) : FilterQuery.Empty);
}

internal sealed record LabelPath(long Id) : IApiParameters<LabelPath>
{
    private static readonly ApiParameter IdParameter = ApiParameter.PathNumber("label_id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IdParameter];

    public static LabelPath Read(HttpContext http) => new(IdParameter.ReadNumber(http));
}
