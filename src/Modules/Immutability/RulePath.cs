using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Immutability;

internal sealed record RulePath(long Id) : IApiParameters<RulePath>
{
    private static readonly ApiParameter IdParameter = ApiParameter.PathNumber("immutable_rule_id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IdParameter];

    public static RulePath Read(HttpContext http) => new(IdParameter.ReadNumber(http));
}
