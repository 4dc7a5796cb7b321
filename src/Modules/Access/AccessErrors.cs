using Harbor.Oci;

namespace Harbor.Modules.Access;

/// <summary>Refusals for want of a right. They never tell whether a project exists that the caller may not see.</summary>
public static class AccessErrors
{
    public static RegistryException Unauthorized() => new(ErrorCode.Unauthorized, "unauthorized");

    /// <summary>401 when a caller who signs in might be let through, 403 when this one is not.</summary>
    public static RegistryException Refused(SecurityContext security) =>
        security.IsAuthenticated ? new RegistryException(ErrorCode.Forbidden, "forbidden") : Unauthorized();

    /// <summary>The same outside projects, where Harbor's message is the caller's name.</summary>
    public static RegistryException RefusedInSystem(SecurityContext security) =>
        security.IsAuthenticated ? new RegistryException(ErrorCode.Forbidden, security.Name) : Unauthorized();

    /// <summary>404 for those who may see every project; to others a missing project looks like a closed one.</summary>
    public static RegistryException NoSuchProject(SecurityContext security, string project) =>
        security.IsSystemAdmin ? new RegistryException(ErrorCode.NotFound, $"project {project} not found") : Refused(security);

    public static RegistryException InvalidProjectName(string name) => new(ErrorCode.BadRequest, $"invalid project name: {name}");
}
