using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Projects.Members;

internal sealed record MemberListParameters(string? EntityName) : IApiParameters<MemberListParameters>
{
    private static readonly ApiParameter Name = ApiParameter.Text("entityname");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Name];

    public static MemberListParameters Read(HttpContext http) => new(Name.ReadText(http));
}

internal sealed record MemberPath(long Given) : IApiParameters<MemberPath>
{
    private static readonly ApiParameter Mid = ApiParameter.PathNumber("mid");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Mid];

    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: 0.</exception>
    public long Id => Given != 0 ? Given : throw MemberErrors.InvalidId();

    public static MemberPath Read(HttpContext http) => new(Mid.ReadNumber(http));
}
