using Harbor.CrashHost;
using Harbor.Platform.Diagnostics;
using Harbor.Server;

// The real server, with one difference: at the pause point that HARBOR_CRASH_AT names, it kills itself.
return await HarborProgram.RunAsync(args, services =>
{
    if (Environment.GetEnvironmentVariable("HARBOR_CRASH_AT") is { Length: > 0 } point)
    {
        services.AddSingleton<PausePoints>(CrashPoint.Parse(point));
    }
});
