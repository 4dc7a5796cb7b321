using System.Globalization;
using Harbor.Modules.Access;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Robots;

/// <summary>The robot that a route is about.</summary>
internal sealed record RobotRoute(long Id) : IApiParameters<RobotRoute>
{
    public const string Path = "/{robot_id}";

    private static readonly ApiParameter RobotId = ApiParameter.PathNumber("robot_id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [RobotId];

    public static RobotRoute Read(HttpContext http) => new(RobotId.ReadNumber(http));
}

/// <summary>Which robots a list is of: it stands among the conditions of <c>q</c>, in exactly this case.</summary>
internal static class RobotListQuery
{
    private const string Level = "Level";
    private const string ProjectId = "ProjectID";

    /// <summary>The project whose robots are asked for; null: those of the system.</summary>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: no such level, or no number of a project where one is needed.</exception>
    public static long? ProjectIn(FilterQuery q)
    {
        if (Find(q, Level) is not { } level)
        {
            return null;
        }

        if (level.Operator != FilterOperator.Equal || RobotLevels.Find(level.Value) is not { } found)
        {
            throw RobotErrors.InvalidList($"{Level} must be system or project");
        }

        if (found == RobotLevel.System)
        {
            return null;
        }

        return Find(q, ProjectId) is { Operator: FilterOperator.Equal, Value: var text }
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
                ? id
                : throw RobotErrors.InvalidList($"{ProjectId} must be the number of a project");
    }

    /// <summary>The other conditions.</summary>
    public static FilterQuery Rest(FilterQuery q) => new([.. q.Conditions.Where(condition => condition.Key is not (Level or ProjectId))]);

    private static FilterCondition? Find(FilterQuery q, string key) => q.Conditions.LastOrDefault(condition => condition.Key == key);
}
