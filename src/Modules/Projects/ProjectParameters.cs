using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Projects;

/// <summary>How routes name the project they are about.</summary>
internal static class ProjectRoutes
{
    public const string ByNameOrId = "/{project_name_or_id}";

    /// <summary>Makes a number in the path a name; read where the project is resolved.</summary>
    public static readonly ApiParameter NameHeader = new("X-Is-Resource-Name", "header", "boolean", Default: false);
}

/// <param name="Filter">The parameters of their own that mean the same as a condition of <c>q</c>.</param>
internal sealed record ProjectListParameters(FilterQuery Filter, bool WithDetail) : IApiParameters<ProjectListParameters>
{
    private static readonly ApiParameter Name = ApiParameter.Text("name");
    private static readonly ApiParameter Owner = ApiParameter.Text("owner");
    private static readonly ApiParameter Public = ApiParameter.Flag("public");
    private static readonly ApiParameter Detail = ApiParameter.Flag("with_detail", standard: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Name, Owner, Public, Detail];

    public static ProjectListParameters Read(HttpContext http)
    {
        var conditions = new List<FilterCondition>();
        Add(conditions, "name", FilterOperator.Contains, Name.ReadText(http));
        Add(conditions, "owner", FilterOperator.Equal, Owner.ReadText(http));
        Add(conditions, "public", FilterOperator.Equal, Public.FindFlag(http) is { } isPublic ? (isPublic ? "true" : "false") : null);
        return new ProjectListParameters(new FilterQuery(conditions), Detail.ReadFlag(http));
    }

    private static void Add(List<FilterCondition> conditions, string key, FilterOperator comparison, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            conditions.Add(new FilterCondition(key, comparison, [value]));
        }
    }
}

internal sealed record HeadProjectParameters(string ProjectName) : IApiParameters<HeadProjectParameters>
{
    private static readonly ApiParameter Name = ApiParameter.Text("project_name", required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Name];

    public static HeadProjectParameters Read(HttpContext http) => new(Name.ReadText(http) ?? string.Empty);
}

/// <param name="NameInLocation">Whether the answer's <c>Location</c> ends with the name in place of the id.</param>
internal sealed record CreateProjectParameters(bool NameInLocation) : IApiParameters<CreateProjectParameters>
{
    private static readonly ApiParameter Header = new("X-Resource-Name-In-Location", "header", "boolean", Default: false);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Header];

    public static CreateProjectParameters Read(HttpContext http) => new(Header.ReadFlag(http));
}
