using Microsoft.AspNetCore.Builder;

namespace Harbor.Modules.Access;

/// <summary>How a route says who may call it. Several requirements must all hold; no requirement at all refuses the start.</summary>
public static class RequirePermission
{
    /// <summary>A permission in the project that the route names; the handler receives it as <see cref="ProjectScope"/>.</summary>
    public static TBuilder Require<TBuilder>(this TBuilder route, Resource resource, AccessAction action)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AccessRequirement.InProject(resource, action));

    /// <summary>A permission in the system: what system administrators have, and robots that were given it.</summary>
    public static TBuilder RequireSystem<TBuilder>(this TBuilder route, Resource resource, AccessAction action)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AccessRequirement.InSystem(resource, action));

    /// <summary>Any caller who proved who he is. The handler decides the rest.</summary>
    public static TBuilder RequireAuthenticated<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AccessRequirement.Authenticated());

    /// <summary>Only other parts of the installation, by their secret.</summary>
    public static TBuilder RequireInternal<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AccessRequirement.Internal());

    /// <summary>Goes on while the registry is read-only.</summary>
    public static TBuilder AllowWhileReadOnly<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AllowedWhileReadOnly());

    /// <summary>Anonymous callers too. The handler decides what each may see.</summary>
    public static TBuilder AllowAnyone<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AccessRequirement.Anyone());

    /// <summary>Anonymous callers too, and credentials are not even looked at: for liveness probes.</summary>
    public static TBuilder AllowUnexamined<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AccessRequirement.Unexamined());
}
