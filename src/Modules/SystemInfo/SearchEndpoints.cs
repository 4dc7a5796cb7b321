using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Projects;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.SystemInfo;

/// <summary>Questions across all projects. Harbor API tags <c>search</c> and <c>statistic</c>.</summary>
internal static class SearchEndpoints
{
    public static void MapSearch(this RouteGroupBuilder api)
    {
        api.MapGet("/search", Search).WithTags("search").WithName("search").AllowAnyone();
        api.MapGet("/statistics", GetStatistic).WithTags("statistic").WithName("getStatistic").RequireAuthenticated();
    }

    private static async Task<JsonAnswer<SearchDto>> Search(
        SearchParameters parameters, HttpContext http, ProjectSearch projects, RepositorySearch repositories, CancellationToken ct)
    {
        var caller = http.Security();
        return JsonAnswer.Of(new SearchDto
        {
            Project = await projects.FindAsync(caller, parameters.Text, ct),
            Repository = await repositories.FindAsync(await VisibleProjects.InSearchAsync(caller, ct), parameters.Text, ct),
        });
    }

    private static async Task<JsonAnswer<StatisticDto>> GetStatistic(HttpContext http, Statistics statistics, CancellationToken ct) =>
        JsonAnswer.Of(await statistics.OfAsync(http.Security(), ct));
}

internal sealed record SearchParameters(string Text) : IApiParameters<SearchParameters>
{
    private static readonly ApiParameter Q = ApiParameter.Text("q", required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Q];

    public static SearchParameters Read(HttpContext http) => new(Q.ReadText(http) ?? string.Empty);
}
