using Harbor.Modules.Access;
using Harbor.Modules.ApiDescription;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Audit;
using Harbor.Modules.Configuration;
using Harbor.Modules.GarbageCollection;
using Harbor.Modules.Identity;
using Harbor.Modules.Immutability;
using Harbor.Modules.JobService;
using Harbor.Modules.Labels;
using Harbor.Modules.Projects;
using Harbor.Modules.Quotas;
using Harbor.Modules.Retention;
using Harbor.Modules.Robots;
using Harbor.Modules.SystemArtifacts;
using Harbor.Modules.SystemInfo;
using Harbor.Platform.Data;
using Harbor.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules;

/// <summary>Every capability of the registry, put together.</summary>
public static class ModulesComposition
{
    public static IServiceCollection AddModules(this IServiceCollection services) => services
        .AddRegistryDbContext(typeof(ModulesComposition).Assembly)
        .AddConfiguration()
        .AddAccess()
        .AddIdentity()
        .AddQuotas()
        .AddLabels()
        .AddImmutability()
        .AddProjects()
        .AddRobots()
        .AddContent()
        .AddContentReading()
        .AddRetention()
        .AddSystemArtifacts()
        .AddJobService()
        .AddGarbageCollection()
        .AddSystemInfo()
        .AddAudit();

    /// <summary>What wraps every request; the error envelope is outermost.</summary>
    public static IApplicationBuilder UseModules(this IApplicationBuilder app) => app.UseHttpEdge();

    /// <summary>The management API and the token service.</summary>
    public static IEndpointRouteBuilder MapModules(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapManagementApi();
        api.MapConfigurationModule();
        api.MapIdentity();
        api.MapProjectsModule();
        api.MapLabels();
        api.MapImmutability();
        api.MapQuotas();
        api.MapRobotsModule();
        api.MapContentReading();
        api.MapRetention();
        api.MapJobService();
        api.MapGarbageCollection();
        api.MapSystemInfoModule();
        api.MapAudit();
        api.MapAccess();
        routes.MapVersion();
        routes.MapApiDescription();
        routes.MapAdminRenaming();
        routes.MapQuotaRecount();
        routes.MapTokenService();
        routes.MapSignIn();
        routes.CheckThatEveryEndpointIsGuarded();
        return routes;
    }
}
