using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

/// <summary>Who may call an endpoint, in words: for the description of the API.</summary>
/// <param name="LooksAtCredentials">Whether it matters at all who calls.</param>
/// <param name="NeedsSignIn">Whether callers without credentials are refused.</param>
/// <param name="Permissions">What a caller must hold, such as <c>project repository:list</c> or <c>system user:list</c>.</param>
public sealed record RequiredAccess(bool LooksAtCredentials, bool NeedsSignIn, IReadOnlyList<string> Permissions)
{
    // What "" is called where people read it.
    private const string TheProjectItself = "project";

    public static RequiredAccess Of(Endpoint endpoint)
    {
        var requirements = endpoint.Metadata.GetOrderedMetadata<AccessRequirement>();
        return new RequiredAccess(
            requirements.Any(each => each is not AccessRequirement.Unexamined),
            requirements.Any(IsRefusedToTheNameless),
            [.. requirements.Select(Describe).OfType<string>()]);
    }

    private static bool IsRefusedToTheNameless(AccessRequirement requirement) => requirement switch
    {
        AccessRequirement.Authenticated or AccessRequirement.InSystem => true,
        AccessRequirement.InProject project => !RolePolicies.AllowsEverybody(project.Resource, project.Action),   // not in a public project either
        _ => false,
    };

    private static string? Describe(AccessRequirement requirement) => requirement switch
    {
        AccessRequirement.InSystem system => $"system {system.Resource}:{system.Action}",
        AccessRequirement.InProject project => $"project {(project.Resource == Resource.Self ? TheProjectItself : project.Resource.Text)}:{project.Action}",
        _ => null,
    };
}
