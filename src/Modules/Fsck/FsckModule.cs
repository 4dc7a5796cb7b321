using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Fsck;

/// <summary>Registers the check of rows against bytes. The server does not need it; the command <c>harbor fsck</c> does.</summary>
public static class FsckModule
{
    public static IServiceCollection AddFsck(this IServiceCollection services) => services.AddSingleton<ConsistencyCheck>();
}
