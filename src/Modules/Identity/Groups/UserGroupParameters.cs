using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Identity.Groups;

internal sealed record UserGroupListParameters(string? DistinguishedName, string? Name) : IApiParameters<UserGroupListParameters>
{
    private static readonly ApiParameter DistinguishedNameParameter = ApiParameter.Text("ldap_group_dn");
    private static readonly ApiParameter NameParameter = ApiParameter.Text("group_name");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [DistinguishedNameParameter, NameParameter];

    public static UserGroupListParameters Read(HttpContext http) => new(DistinguishedNameParameter.ReadText(http), NameParameter.ReadText(http));
}

internal sealed record UserGroupSearchParameters(string Name) : IApiParameters<UserGroupSearchParameters>
{
    private static readonly ApiParameter NameParameter = ApiParameter.Text("groupname", required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [NameParameter];

    public static UserGroupSearchParameters Read(HttpContext http)
    {
        var name = NameParameter.ReadText(http);
        if (name is "")
        {
            RequestProblems.Of(http).Missing(NameParameter.Name, NameParameter.In);
        }

        return new UserGroupSearchParameters(name ?? string.Empty);
    }
}

/// <summary>The group that a route is about.</summary>
internal sealed record UserGroupRoute(long Given) : IApiParameters<UserGroupRoute>
{
    public const string Path = "/{group_id}";

    private static readonly ApiParameter GroupId = ApiParameter.PathNumber("group_id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [GroupId];

    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: no id is so small.</exception>
    public long Id => Given > 0 ? Given : throw UserGroupErrors.InvalidId();

    public static UserGroupRoute Read(HttpContext http) => new(GroupId.ReadNumber(http));
}
