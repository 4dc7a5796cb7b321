using Harbor.Contracts;
using Harbor.Modules.Access;

namespace Harbor.Modules.Robots;

/// <summary>What somebody wants a robot to be, checked as far as that needs no look at the database.</summary>
/// <param name="Name">As given: its own for a new robot, the login name of one that is there.</param>
/// <param name="Duration">Days from the creation; -1: for ever; null: as it is.</param>
/// <param name="Permissions">At least one; a place is named once.</param>
internal sealed record RobotSpec(
    string Name, RobotLevel Level, string Description, long? Duration, bool Disabled, IReadOnlyList<RobotPermission> Permissions)
{
    public const long MaxDuration = int.MaxValue - 1;
    public const long Forever = -1;

    private const int MaxDescription = 1024;

    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>; it names what is at fault.</exception>
    public static RobotSpec From(RobotCreationRequest request)
    {
        var name = RobotName.IsValid(request.Name) ? request.Name! : throw RobotErrors.InvalidName();
        return From(name, request.Duration ?? 0, request.Level, request.Permissions, request.Description, isDisabled: false);
    }

    /// <inheritdoc cref="From(RobotCreationRequest)"/>
    public static RobotSpec From(RobotRequest request) =>
        From(request.Name ?? string.Empty, request.Duration, request.Level, request.Permissions, request.Description, request.Disable ?? false);

    // Clients see the first fault only, so the order is Harbor's.
    private static RobotSpec From(
        string name, long? duration, string? levelText, IReadOnlyList<RobotPermissionDto?>? permissions, string? description, bool isDisabled)
    {
        if (duration is not (null or Forever or (>= 1 and <= MaxDuration)))
        {
            throw RobotErrors.InvalidDuration(duration);
        }

        var level = RobotLevels.Find(levelText) ?? throw RobotErrors.InvalidLevel(levelText);
        var granted = RobotPermission.From(permissions);
        if (level == RobotLevel.Project && permissions!.Count > 1)
        {
            throw RobotErrors.OneProjectOnly();
        }

        return description?.Length > MaxDescription
            ? throw RobotErrors.InvalidDescription(MaxDescription)
            : new RobotSpec(name, level, description ?? string.Empty, duration, isDisabled, granted);
    }
}

/// <summary>What a robot shall be able to do in one place, as the caller named it.</summary>
/// <param name="Namespace"><see cref="SystemNamespace"/>, a project's name or <see cref="EveryProject"/>.</param>
internal sealed record RobotPermission(RobotLevel Kind, string Namespace, IReadOnlyList<RobotAccess> Access)
{
    public const string SystemNamespace = "/";
    public const string EveryProject = "*";

    /// <summary>Reads what was asked for; entries about one place are joined.</summary>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: nothing asked for, or what no robot may be given.</exception>
    public static IReadOnlyList<RobotPermission> From(IReadOnlyList<RobotPermissionDto?>? permissions)
    {
        if (permissions is null or [] || permissions.Any(permission => permission?.Access is null or [] || permission.Access.Contains(null)))
        {
            throw RobotErrors.NoPermissions();
        }

        return [.. permissions
            .Select(permission => (Kind: RobotLevels.Find(permission!.Kind) ?? throw RobotErrors.InvalidKind(permission.Kind), Permission: permission))
            .Select(each => (each.Kind, Namespace: each.Permission.Namespace ?? string.Empty, Access: each.Permission.Access!.Select(access => Read(each.Kind, access!))))
            .GroupBy(each => (each.Kind, each.Namespace), each => each.Access)
            .Select(place => new RobotPermission(place.Key.Kind, place.Key.Namespace, [.. place.SelectMany(access => access).Distinct()]))];
    }

    private static RobotAccess Read(RobotLevel kind, RobotAccessDto access)
    {
        var catalogue = kind == RobotLevel.System ? RobotCatalogue.System : RobotCatalogue.Project;
        if (access is not { Resource: { } resource, Action: { } action } || !catalogue.Contains(new Permission(new Resource(resource), new AccessAction(action))))
        {
            throw RobotErrors.NotGrantable(kind, access.Resource, access.Action);
        }

        return access.Effect is null or "" or RobotAccess.Allow or RobotAccess.Deny
            ? new RobotAccess(resource, action, access.Effect ?? string.Empty)
            : throw RobotErrors.InvalidEffect(access.Effect);
    }
}
