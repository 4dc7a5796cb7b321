using System.Reflection;
using Harbor.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Harbor.Platform.Http.Binding;

/// <summary>A body that must be there. The handler's argument has the name that the contract gives the body.</summary>
/// <param name="Value">The body; it is never null by the time the handler runs.</param>
public sealed record JsonBody<T>(T Value) : IBindableFromHttpContext<JsonBody<T>>, IEndpointParameterMetadataProvider
    where T : class
{
    static async ValueTask<JsonBody<T>?> IBindableFromHttpContext<JsonBody<T>>.BindAsync(HttpContext context, ParameterInfo parameter) =>
        new((await BodyReader.ReadAsync(context, parameter.Name!, required: true, HarborJson.TypeInfo<T>()))!);

    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        BodyReader.Describe<T>(builder, parameter.Name!, required: true);
}

/// <summary>A body that may be missing; then <paramref name="Value"/> is null.</summary>
public sealed record OptionalJsonBody<T>(T? Value) : IBindableFromHttpContext<OptionalJsonBody<T>>, IEndpointParameterMetadataProvider
    where T : class
{
    static async ValueTask<OptionalJsonBody<T>?> IBindableFromHttpContext<OptionalJsonBody<T>>.BindAsync(HttpContext context, ParameterInfo parameter) =>
        new(await BodyReader.ReadAsync(context, parameter.Name!, required: false, HarborJson.TypeInfo<T>()));

    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        BodyReader.Describe<T>(builder, parameter.Name!, required: false);
}
