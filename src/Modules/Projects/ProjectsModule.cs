using Harbor.Modules.Access;
using Harbor.Modules.Identity;
using Harbor.Modules.Identity.Groups;
using Harbor.Modules.Projects.Members;
using Harbor.Modules.Projects.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Projects;

/// <summary>Projects, their settings and their members.</summary>
public static class ProjectsModule
{
    public static IServiceCollection AddProjects(this IServiceCollection services) => services
        .AddSingleton<IProjectDirectory, ProjectDirectory>()
        .AddSingleton<ProjectChanges>()
        .AddSingleton<ProjectMembers>()
        .AddSingleton<ProjectSettings>()
        .AddSingleton<IUserDeparture, MemberDeparture>()
        .AddSingleton<IUserGroupDeparture, MemberDeparture>()
        .AddScoped<ProjectListing>()
        .AddScoped<SystemAllowlist>()
        .AddScoped(provider => new ProjectSearch(provider.GetRequiredService<ProjectListing>()));

    public static void MapProjectsModule(this RouteGroupBuilder api)
    {
        api.MapProjects();
        api.MapMembers();
        api.MapMetadata();
        api.MapSystemAllowlist();
    }
}
