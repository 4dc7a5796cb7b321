using Harbor.Oci;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Harbor.Modules.Access.Auditing;

/// <summary>Sees to it that an audited operation which fails is recorded, whoever refused it and why.</summary>
internal sealed class AuditedMiddleware(RequestDelegate next, IEnumerable<IFailureRecorder> recorders, IProjectDirectory projects)
{
    private readonly IFailureRecorder? recorder = recorders.SingleOrDefault();

    public Task InvokeAsync(HttpContext http) =>
        recorder is not null && http.GetEndpoint()?.Metadata.GetMetadata<AuditedOperation>() is { } operation
            ? WatchAsync(http, operation, recorder)
            : next(http);

    private async Task WatchAsync(HttpContext http, AuditedOperation operation, IFailureRecorder recorder)
    {
        try
        {
            await next(http);
        }
        catch
        {
            // A client that hangs up before the answer has failed, too: guessing must not go unseen by leaving early.
            await RecordAsync(http, operation, recorder);
            throw;
        }

        if (http.Response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            await RecordAsync(http, operation, recorder);
        }
    }

    private async Task RecordAsync(HttpContext http, AuditedOperation operation, IFailureRecorder recorder)
    {
        await FindProjectAsync(http);
        var subject = await FindSubjectAsync(http, operation);
        await recorder.RecordAsync(new AuditedFailure(operation, http.Security(), subject, http.Features.Get<NamedProject>()?.Project));
    }

    // What was refused before anybody looked whether the caller may enter, as all is while read-only, happened in its project still.
    private async ValueTask FindProjectAsync(HttpContext http)
    {
        try
        {
            if (http.Features.Get<NamedProject>() is null && ProjectRoute.Given(http) is { } given
                && await ProjectRoute.FindAsync(http, given, projects, CancellationToken.None) is { } project)
            {
                http.Features.Set(new NamedProject(project));
            }
        }
        catch (Exception e) when (e is RegistryException or NpgsqlException)
        {
            // No name that a project could have, or no database: it is recorded without.
        }
    }

    private static async ValueTask<string> FindSubjectAsync(HttpContext http, AuditedOperation operation)
    {
        try
        {
            return await operation.Subject(http, CancellationToken.None) ?? string.Empty;
        }
        catch (Exception e) when (e is RegistryException or NpgsqlException or IOException or BadHttpRequestException or OperationCanceledException)
        {
            return string.Empty;   // the body is what failed, or the database
        }
    }
}
