using Harbor.Oci;

namespace Harbor.Modules.Artifacts.Archives;

/// <summary>Refusals of archives that strangers packed.</summary>
internal static class ArchiveErrors
{
    public static RegistryException Malformed(string what, Exception? inner = null) =>
        new(ErrorCode.BadRequest, $"the archive cannot be read: {what}", inner: inner);

    public static RegistryException TooLarge(string what) => new(ErrorCode.RequestEntityTooLarge, $"the archive is too large to look into: {what}");
}
