using Harbor.Oci;

namespace Harbor.Modules.Immutability;

/// <summary>Refusals about immutable tags, in Harbor's words, and about the rules that make them so.</summary>
public static class ImmutabilityErrors
{
    /// <summary>A push under a name that is taken and stays so.</summary>
    public static RegistryException NotPushed(RepositoryName repository, string tag) => new(
        ErrorCode.Precondition, $"Failed to process request due to '{repository.Path}:{tag}' configured as immutable.");

    public static RegistryException NotUpdated(string tag) =>
        new(ErrorCode.Precondition, $"the tag {tag} configured as immutable, cannot be updated");

    public static RegistryException NotDeleted(string tag) =>
        new(ErrorCode.Precondition, $"the tag {tag} configured as immutable, cannot be deleted");

    internal static RegistryException RuleNotFound(long id) => new(ErrorCode.NotFound, $"immutable tag rule {id} not found");

    internal static RegistryException AlreadyExists() => new(ErrorCode.Conflict, "immutable rule already exists");

    internal static RegistryException TooMany(int most) => new(ErrorCode.BadRequest, $"a project may have {most} immutable tag rules at most");

    internal static RegistryException WrongId(long path, long body) =>
        new(ErrorCode.BadRequest, $"the rule in the body has the id {body}, and {path} in the path");

    internal static RegistryException Invalid(string what) => new(ErrorCode.BadRequest, $"invalid immutable tag rule: {what}");

    internal static RegistryException ProjectGone(string project) => new(ErrorCode.NotFound, $"project {project} not found");
}
