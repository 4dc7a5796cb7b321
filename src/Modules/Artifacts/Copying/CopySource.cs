using Harbor.Oci;
using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Artifacts.Copying;

/// <summary>What to copy: <c>project/repository:tag</c> or <c>project/repository@digest</c>.</summary>
/// <param name="Reference">The tag or the digest.</param>
internal sealed record CopySource(RepositoryName Name, string Reference)
{
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: not of such a form; <c>NOT_FOUND</c>: a repository alone.</exception>
    public static CopySource Parse(string from)
    {
        var at = from.IndexOf('@', StringComparison.Ordinal);
        var separator = at >= 0 ? at : from.LastIndexOf(':');
        if (separator <= from.LastIndexOf('/'))
        {
            separator = -1;   // a colon before the last slash belongs to no tag
        }

        if (!RepositoryName.TryParse(separator < 0 ? from : from[..separator], out var name) || !name.HasProject)
        {
            throw ContentErrors.InvalidCopySource(from);
        }

        if (separator < 0)
        {
            throw ContentErrors.ArtifactNotFound(from);
        }

        var reference = from[(separator + 1)..];
        return (at >= 0 ? Digest.TryParse(reference, out _) : Tag.TryParse(reference, out _))
            ? new CopySource(name, reference)
            : throw ContentErrors.InvalidCopySource(from);
    }
}

internal sealed record CopyParameters(string From) : IApiParameters<CopyParameters>
{
    private static readonly ApiParameter FromParameter = ApiParameter.Text("from", required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [FromParameter];

    public static CopyParameters Read(HttpContext http) => new(FromParameter.ReadText(http) ?? string.Empty);
}
