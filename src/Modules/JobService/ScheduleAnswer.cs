using System.Reflection;
using Harbor.Contracts;
using Harbor.Platform.Http;
using Harbor.Platform.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Harbor.Modules.JobService;

/// <summary>Answers 200 with a schedule of the system's own jobs; nothing scheduled is an empty body, as Harbor has it.</summary>
public sealed class ScheduleAnswer(Schedule? schedule) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        schedule is null ? Task.CompletedTask : JsonAnswer.Of(ExecHistory.Of(schedule)).ExecuteAsync(httpContext);

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(ExecHistoryDto), [JsonAnswer.ContentType]));
}
