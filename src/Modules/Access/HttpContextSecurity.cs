using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

public static class HttpContextSecurity
{
    /// <summary>Who sent this request. Set by the authentication middleware for every request that is not exempt from it.</summary>
    public static SecurityContext Security(this HttpContext http) =>
        http.Features.Get<SecurityContext>() ?? throw new InvalidOperationException("This request was not authenticated.");

    public static void SetSecurity(this HttpContext http, SecurityContext security) => http.Features.Set(security);
}
