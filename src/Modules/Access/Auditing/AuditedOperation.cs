using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access.Auditing;

/// <summary>Names what an audited request is about, from what the request says; null when it says nothing usable.</summary>
public delegate ValueTask<string?> AuditSubject(HttpContext http, CancellationToken ct);

/// <summary>Endpoint metadata: failures of this operation are recorded. What succeeds is recorded by the event of the change.</summary>
/// <param name="Operation">Such as <c>create</c>.</param>
/// <param name="ResourceType">Such as <c>user</c>.</param>
/// <param name="More">What else the description says; null: nothing.</param>
public sealed record AuditedOperation(string Operation, string ResourceType, AuditSubject Subject, string? More);

public static class AuditedRoutes
{
    /// <summary>Records each failure of this operation, refusals included.</summary>
    public static TBuilder Audited<TBuilder>(this TBuilder route, string operation, string resourceType, AuditSubject subject, string? more = null)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AuditedOperation(operation, resourceType, subject, more));

    /// <summary>The same for an operation on the project that the route names.</summary>
    public static TBuilder AuditedInProject<TBuilder>(this TBuilder route, string operation, string resourceType = "project")
        where TBuilder : IEndpointConventionBuilder =>
        route.Audited(operation, resourceType, (http, _) => ValueTask.FromResult(NamedProject.Name(http)));
}

public static class AuditSubjects
{
    /// <summary>One field of the JSON body that the handler was given. Nothing else of a body is ever recorded.</summary>
    public static AuditSubject Body<TBody>(Func<TBody, string?> field)
        where TBody : class =>
        (http, _) => ValueTask.FromResult(http.Features.Get<TBody>() is { } body ? field(body) : null);

    /// <summary>One field of the form that the handler was given.</summary>
    public static AuditSubject Form(string field) => async (http, ct) => (await Forms.ReadAsync(http, ct))[field].ToString();

    public static AuditSubject Fixed(string name) => (_, _) => ValueTask.FromResult<string?>(name);
}
