using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.SystemInfo;

/// <summary>The server itself: whether its thread pool still gets to new work.</summary>
internal sealed class CoreHealth : IComponentHealth
{
    public string Name => "core";

    public Task<string?> CheckAsync(CancellationToken ct)
    {
        // From a thread of the global queue, as requests come: a starved pool leaves this waiting like them, and the patience runs out.
        var reached = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.UnsafeQueueUserWorkItem(static done => done.SetResult(null), reached, preferLocal: false);
        return reached.Task;
    }
}

internal sealed class DatabaseHealth(Database db) : IComponentHealth
{
    public string Name => "database";

    public async Task<string?> CheckAsync(CancellationToken ct)
    {
        await using var command = db.Command("SELECT pg_is_in_recovery()");
        return await command.ExecuteScalarAsync(ct) is true ? "database is a standby and takes no writes" : null;
    }
}

/// <summary>What Harbor keeps in Redis lives in this process; it may be used while changes made elsewhere are heard.</summary>
internal sealed class CacheHealth(ChangeFeed feed, TimeProvider clock) : IComponentHealth
{
    // At the start, and when the database was away for a moment, hearing takes a while to come.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public string Name => "redis";

    public async Task<string?> CheckAsync(CancellationToken ct)
    {
        var begun = clock.GetTimestamp();
        while (!feed.IsCurrent)
        {
            if (clock.GetElapsedTime(begun) > Patience)
            {
                return "changes made by other replicas are not heard; nothing is answered from memory";
            }

            await Task.Delay(Pause, clock, ct);
        }

        return null;
    }
}

/// <summary>Whether there is a page to show to a browser.</summary>
internal sealed class PortalHealth(EndpointDataSource endpoints) : IComponentHealth
{
    public string Name => "portal";

    public Task<string?> CheckAsync(CancellationToken ct) =>
        Task.FromResult(endpoints.Endpoints.OfType<RouteEndpoint>().Any(endpoint => endpoint.RoutePattern.RawText?.Trim('/') is "")
            ? null
            : "no page is served at /");
}
