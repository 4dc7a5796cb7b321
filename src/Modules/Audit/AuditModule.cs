using Harbor.Platform.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Audit;

/// <summary>Who did what: recorded, shown, forwarded.</summary>
public static class AuditModule
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddSingleton<AuditTrail>()
        .AddSingleton<IEventListener, AuditListener>();
}
