using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Oci;
using Harbor.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Artifacts;

/// <summary>Pictures of kinds of artifacts. Harbor API tag <c>icon</c>.</summary>
internal static class IconEndpoints
{
    public static void MapIcons(this RouteGroupBuilder api) =>
        api.MapGet("/icons/{digest}", Get).WithTags("icon").WithName("getIcon").AllowAnyone();

    private static JsonAnswer<IconDto> Get(string digest)
    {
        if (!Digest.TryParse(digest, out var known))
        {
            throw new RegistryException(ErrorCode.BadRequest, "the digest of the icon is malformed");
        }

        return ArtifactIcons.Find(known.Value) is { } png
            ? JsonAnswer.Of(new IconDto { ContentType = "image/png", Content = Convert.ToBase64String(png) })
            : throw new RegistryException(ErrorCode.NotFound, $"the icon {known} not found");
    }
}
