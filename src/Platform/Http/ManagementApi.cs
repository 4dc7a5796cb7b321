using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Platform.Http;

/// <summary>The root of Harbor's REST API v2.0. Every module maps its operations below it.</summary>
public static class ManagementApi
{
    public const string BasePath = "/api/v2.0";

    /// <summary>The group that all operations share: a request whose parameters or body are at fault never reaches its handler.</summary>
    public static RouteGroupBuilder MapManagementApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup(BasePath);
        api.AddEndpointFilter(static (context, next) =>
        {
            var problems = RequestProblems.Of(context.HttpContext);
            AcceptHeader.Check(context.HttpContext, problems);
            problems.ThrowIfAny();
            return next(context);
        });
        return api;
    }
}
