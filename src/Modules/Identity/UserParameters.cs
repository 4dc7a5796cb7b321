using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Identity;

/// <summary>The user that a route is about.</summary>
internal sealed record UserRoute(long Id) : IApiParameters<UserRoute>
{
    public const string Path = "/{user_id}";

    private static readonly ApiParameter UserId = new("user_id", "path", "integer", Required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [UserId];

    public static UserRoute Read(HttpContext http) => new(UserId.ReadNumber(http));
}

internal sealed record UserSearchParameters(string Username) : IApiParameters<UserSearchParameters>
{
    private static readonly ApiParameter Name = ApiParameter.Text("username", required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Name];

    public static UserSearchParameters Read(HttpContext http) => new(Name.ReadText(http) ?? string.Empty);
}

/// <summary>Older clients name a part of the user name or address beside <c>q</c>; the API's description does not know it.</summary>
internal static class UserListParameters
{
    public static FilterQuery AddTo(FilterQuery filter, HttpContext http)
    {
        string[] names = ["username", "email"];
        return new FilterQuery([.. filter.Conditions, .. names
            .Select(name => (Name: name, Part: http.Request.Query[name] is [.., { Length: > 0 } last] ? last : null))
            .Where(each => each.Part is not null)
            .Select(each => new FilterCondition(each.Name, FilterOperator.Contains, [each.Part!]))]);
    }
}

internal sealed record PermissionParameters(string Scope, bool Relative) : IApiParameters<PermissionParameters>
{
    private static readonly ApiParameter ScopeParameter = ApiParameter.Text("scope");
    private static readonly ApiParameter RelativeParameter = ApiParameter.Flag("relative");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [ScopeParameter, RelativeParameter];

    public static PermissionParameters Read(HttpContext http) => new(ScopeParameter.ReadText(http) ?? string.Empty, RelativeParameter.ReadFlag(http));
}
