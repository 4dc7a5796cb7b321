using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Quotas;

/// <param name="Reference">Kind of what the quotas are about; null or empty: any kind.</param>
/// <param name="ReferenceId">Its id, as text; null or empty: any.</param>
internal sealed record QuotaListParameters(string? Reference, string? ReferenceId) : IApiParameters<QuotaListParameters>
{
    private static readonly ApiParameter ReferenceParameter = ApiParameter.Text("reference");
    private static readonly ApiParameter ReferenceIdParameter = ApiParameter.Text("reference_id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [ReferenceParameter, ReferenceIdParameter];

    public static QuotaListParameters Read(HttpContext http) => new(ReferenceParameter.ReadText(http), ReferenceIdParameter.ReadText(http));
}

internal sealed record QuotaPath(long Id) : IApiParameters<QuotaPath>
{
    private static readonly ApiParameter IdParameter = ApiParameter.PathNumber("id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IdParameter];

    public static QuotaPath Read(HttpContext http) => new(IdParameter.ReadNumber(http));
}
