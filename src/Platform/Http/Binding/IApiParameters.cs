using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Harbor.Platform.Http.Binding;

/// <summary>A handler's argument that is made of parameters of the request.</summary>
/// <remarks>Problems are collected, not thrown: the group's filter reports all of them before the handler runs.</remarks>
public interface IApiParameters<TSelf> : IBindableFromHttpContext<TSelf>, IEndpointParameterMetadataProvider
    where TSelf : class, IApiParameters<TSelf>
{
    /// <summary>Every parameter that <see cref="Read"/> looks at.</summary>
    static abstract IReadOnlyList<ApiParameter> Parameters { get; }

    static abstract TSelf Read(HttpContext http);

    static ValueTask<TSelf?> IBindableFromHttpContext<TSelf>.BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<TSelf?>(TSelf.Read(context));

    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        foreach (var declared in TSelf.Parameters)
        {
            builder.Metadata.Add(declared);
        }
    }
}
