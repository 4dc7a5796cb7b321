using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Quotas;

/// <summary>Limits of what projects may hold.</summary>
public static class QuotasModule
{
    public static IServiceCollection AddQuotas(this IServiceCollection services) => services.AddSingleton<ProjectQuotas>();
}
