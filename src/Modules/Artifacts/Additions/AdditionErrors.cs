using Harbor.Oci;

namespace Harbor.Modules.Artifacts.Additions;

/// <summary>Refusals of additions, in Harbor's words.</summary>
internal static class AdditionErrors
{
    public static RegistryException Unsupported(string addition, string type) => new(ErrorCode.BadRequest, $"addition {addition} isn't supported for {type}");

    public static RegistryException NoProcessor(string type) =>
        new(ErrorCode.BadRequest, $"the processor for artifact {type} not found, cannot get the addition");

    public static RegistryException NotFound(string addition, Digest artifact) => new(ErrorCode.NotFound, $"the {addition} of artifact {artifact} not found");

    public static RegistryException TooLarge(string what, long maxBytes) => new(ErrorCode.RequestEntityTooLarge, $"the {what} is larger than {maxBytes >> 10} KiB");

    public static RegistryException Malformed(string what, Exception? inner = null) => new(ErrorCode.BadRequest, $"the {what} cannot be read", inner: inner);
}
