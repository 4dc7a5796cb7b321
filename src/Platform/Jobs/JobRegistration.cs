using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Platform.Jobs;

/// <summary>A kind of job and how one of its tasks is run.</summary>
internal sealed record JobRegistration(JobKind Kind, Func<IServiceProvider, string, JobContext, CancellationToken, Task> RunAsync);

public static class JobRegistrations
{
    internal static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Registers a job; every replica with it runs its tasks.</summary>
    public static IServiceCollection AddJob<TJob, TInput>(this IServiceCollection services, JobKind kind)
        where TJob : class, IJob<TInput>
        where TInput : class => services
            .AddSingleton<TJob>()
            .AddSingleton(new JobRegistration(kind, (provider, input, job, ct) => provider.GetRequiredService<TJob>().RunAsync(Read<TInput>(input), job, ct)));

    internal static string Write<TInput>(TInput input) => JsonSerializer.Serialize(input, Json);

    private static TInput Read<TInput>(string json)
        where TInput : class =>
        JsonSerializer.Deserialize<TInput>(json, Json) ?? throw new JsonException("A task has no input.");
}

/// <summary>The kinds of job that this server knows.</summary>
public sealed class JobCatalogue
{
    private readonly Dictionary<string, JobRegistration> byName;

    public JobCatalogue(IServiceProvider services)
    {
        byName = services.GetServices<JobRegistration>().ToDictionary(each => each.Kind.Name, StringComparer.Ordinal);
        Kinds = [.. byName.Values.Select(each => each.Kind).OrderByDescending(kind => kind.Priority).ThenBy(kind => kind.Name, StringComparer.Ordinal)];
    }

    /// <summary>By falling priority.</summary>
    public IReadOnlyList<JobKind> Kinds { get; }

    internal JobRegistration Get(string kind) => byName[kind];
}
