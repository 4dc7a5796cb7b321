using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Robots;

/// <summary>Robot accounts. Harbor API tag <c>robot</c>. Which right an operation takes the robot's level decides, in <see cref="RobotGate"/>.</summary>
internal static class RobotEndpoints
{
    public static void MapRobots(this RouteGroupBuilder api)
    {
        var robots = api.MapGroup("/robots").WithTags("robot");
        robots.MapGet("/", List).WithName("ListRobot").RequireAuthenticated();
        robots.MapPost("/", Create).WithName("CreateRobot").AllowAnyone();   // what is asked for is looked at before who asks

        var robot = robots.MapGroup(RobotRoute.Path);
        robot.MapGet("/", Get).WithName("GetRobotByID").RequireAuthenticated();
        robot.MapPut("/", Update).WithName("UpdateRobot").RequireAuthenticated();
        robot.MapPatch("/", RefreshSecret).WithName("RefreshSec").RequireAuthenticated();
        robot.MapDelete("/", Delete).WithName("DeleteRobot").RequireAuthenticated();
    }

    private static async Task<PageResult<RobotDto>> List(
        FilterQuery q, SortQuery sort, PageRequest page, SecurityContext caller, RobotGate gate, RobotListing listing, CancellationToken ct)
    {
        var place = await gate.EnterAsync(caller, RobotListQuery.ProjectIn(q), ct);
        return new PageResult<RobotDto>(page, await listing.ListAsync(place, RobotListQuery.Rest(q), sort, page, ct));
    }

    private static async Task<CreatedJsonAnswer<RobotCreatedDto>> Create(
        JsonBody<RobotCreationRequest> robot, SecurityContext caller, RobotGate gate, RobotAccounts accounts, RobotListing listing, CancellationToken ct)
    {
        var wanted = RobotSpec.From(robot.Value);
        var place = await gate.EnterAsync(caller, wanted, ct);
        var (made, secret) = await accounts.AddAsync(place, wanted, caller, ct);
        return new CreatedJsonAnswer<RobotCreatedDto>($"{made.Id}", new RobotCreatedDto
        {
            Id = made.Id,
            Name = await listing.LoginNameAsync(made, ct),
            Secret = secret,
            CreationTime = made.CreationTime,
            ExpiresAt = made.ExpiresAt,
        });
    }

    private static async Task<JsonAnswer<RobotDto>> Get(RobotRoute route, SecurityContext caller, RobotGate gate, RobotListing listing, CancellationToken ct) =>
        JsonAnswer.Of(await listing.ShowAsync(await gate.EnterAsync(caller, route.Id, AccessAction.Read, ct), ct));

    private static async Task<Ok> Update(
        RobotRoute route, JsonBody<RobotRequest> robot, SecurityContext caller, RobotGate gate, RobotAccounts accounts, RobotListing listing, CancellationToken ct)
    {
        var current = await accounts.GetAsync(route.Id, ct);
        if (!current.HasSecret)
        {
            throw RobotErrors.Legacy();
        }

        var wanted = RobotSpec.From(robot.Value);
        var scope = await gate.EnterAsync(caller, current, wanted, ct);
        var level = current.ProjectId is null ? RobotLevel.System : RobotLevel.Project;
        if (wanted.Level != level || wanted.Name != await listing.LoginNameAsync(current, ct))
        {
            throw RobotErrors.LevelOrNameChanged();
        }

        await accounts.UpdateAsync(scope, wanted, ct);
        return TypedResults.Ok();
    }

    private static async Task<JsonAnswer<RobotSecretDto>> RefreshSecret(
        RobotRoute route, JsonBody<RobotSecretDto> robotSec, SecurityContext caller, RobotGate gate, RobotAccounts accounts, CancellationToken ct)
    {
        var scope = await gate.EnterAsync(caller, route.Id, AccessAction.Update, ct);
        if (!scope.Robot.HasSecret)
        {
            throw RobotErrors.Legacy();
        }

        var given = robotSec.Value.Secret is { Length: > 0 } secret ? secret : null;
        return JsonAnswer.Of(new RobotSecretDto { Secret = await accounts.SetSecretAsync(scope, given, ct) });
    }

    private static async Task<Ok> Delete(RobotRoute route, SecurityContext caller, RobotGate gate, RobotAccounts accounts, CancellationToken ct)
    {
        await accounts.DeleteAsync(await gate.EnterAsync(caller, route.Id, AccessAction.Delete, ct), caller, ct);
        return TypedResults.Ok();
    }
}
