using Harbor.Contracts;
using Harbor.Modules.Access.Auditing;
using Harbor.Modules.Artifacts.Pulls;
using Harbor.Modules.Audit.Forwarding;
using Harbor.Modules.Audit.Purge;
using Harbor.Platform.Events;
using Harbor.Platform.Jobs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Audit;

/// <summary>Who did what: recorded, shown, forwarded.</summary>
public static class AuditModule
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddSingleton<AuditTrail>()
        .AddSingleton<IEventListener, AuditListener>()
        .AddSingleton<IEventListener, ForgottenUsers>()   // after the one above: it rewrites what that one wrote
        .AddSingleton<IFailureRecorder, FailureRecorder>()
        .AddSingleton<IPullListener, PullRecorder>()
        .AddSingleton(LogTables.Current)
        .AddSingleton(LogTables.Legacy)
        .AddSingleton<LogListing<AuditLogExtDto>>()
        .AddSingleton<LogListing<AuditLogDto>>()
        .AddSingleton<AuditUpkeep>()
        .AddHostedService(provider => provider.GetRequiredService<AuditUpkeep>())
        .AddSingleton<AuditForwarder>()
        .AddHostedService(provider => provider.GetRequiredService<AuditForwarder>())
        .AddSingleton<AuditPurge>()
        .AddSingleton<PurgeRuns>()
        .AddSingleton<IScheduledWork>(provider => provider.GetRequiredService<PurgeRuns>())
        .AddJob<PurgeJob, PurgeRequest>(PurgeJob.Kind);

    public static void MapAudit(this RouteGroupBuilder api)
    {
        api.MapAuditLogs();
        api.MapPurge();
    }
}
