using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Harbor.Platform.Http.Binding;

/// <summary>A number in the path, under the name of the handler's argument.</summary>
public sealed record PathNumber(long Value) : IBindableFromHttpContext<PathNumber>, IEndpointParameterMetadataProvider
{
    public static ValueTask<PathNumber?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<PathNumber?>(new PathNumber(Declare(parameter).ReadNumber(context)));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(Declare(parameter));

    private static ApiParameter Declare(ParameterInfo parameter) => new(parameter.Name!, "path", "integer", Required: true);
}
