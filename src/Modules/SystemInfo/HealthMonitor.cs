using Harbor.Contracts;
using Harbor.Platform.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Harbor.Modules.SystemInfo;

/// <summary>Asks every part of the registry, again and again, how it is; whoever wants to know gets the last answers at once.</summary>
public sealed class HealthMonitor(IEnumerable<IComponentHealth> components, TimeProvider clock, ILogger<HealthMonitor> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private const string Healthy = "healthy";
    private const string Unhealthy = "unhealthy";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IComponentHealth[] components = [.. components.OrderBy(component => component.Name, StringComparer.Ordinal)];
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile OverallHealthDto? last;

    /// <summary>The last answers; the first ones are waited for.</summary>
    public async ValueTask<OverallHealthDto> GetAsync(CancellationToken ct)
    {
        await first.Task.WaitAsync(ct);
        return last!;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            last = await AskAllAsync(stoppingToken);
            first.TrySetResult();
            await Task.Delay(Interval, clock, stoppingToken);
        }
    }

    private async Task<OverallHealthDto> AskAllAsync(CancellationToken ct)
    {
        var answers = await Task.WhenAll(components.Select(component => AskAsync(component, ct)));
        return new OverallHealthDto
        {
            Status = Array.TrueForAll(answers, answer => answer.Status == Healthy) ? Healthy : Unhealthy,
            Components = answers,
        };
    }

    private async Task<ComponentHealthDto> AskAsync(IComponentHealth component, CancellationToken ct)
    {
        var error = await ErrorOfAsync(component, ct);
        return new ComponentHealthDto { Name = component.Name, Status = error is null ? Healthy : Unhealthy, Error = error };
    }

    private async Task<string?> ErrorOfAsync(IComponentHealth component, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            // Waited for beside its own token: a part that hangs must not hang the answer.
            return await component.CheckAsync(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return $"{component.Name} did not answer within {Patience.TotalSeconds} s";
        }
        catch (Exception e)
        {
            // The boundary of the check: whatever it stumbled over is its answer. The text may hold addresses, so it is for the log alone.
            Log.HealthCheckFailed(logger, e, component.Name);
            return $"{component.Name} failed its check";
        }
    }
}
