using Harbor.Load.Measure;
using Harbor.Load.Registry;
using Harbor.Load.Scenarios;

namespace Harbor.Load;

/// <summary>Runs scenarios one after the other: seed, warm up, measure.</summary>
internal sealed class Runner(Target target, LoadOptions options, ProcessWatch watch)
{
    public ScenarioResult Run(IScenario scenario)
    {
        var connections = options.Connections ?? scenario.Connections;
        IReadOnlyList<IClient> clients;
        try
        {
            clients = [.. Enumerable.Range(0, connections).Select(scenario.Prepare(target, connections))];
        }
        catch (Exception failure) when (Phase.Reason(failure) is { } reason)
        {
            return ScenarioResult.Failed(scenario.Name, connections, $"seeding: {reason}");
        }

        try
        {
            return Run(scenario, clients);
        }
        finally
        {
            foreach (var client in clients)
            {
                client.Dispose();
            }
        }
    }

    private ScenarioResult Run(IScenario scenario, IReadOnlyList<IClient> clients)
    {
        var maxBytes = scenario.Stores ? options.MaxPushBytes : long.MaxValue;
        if (options.Warmup > TimeSpan.Zero)
        {
            new Phase(clients, options.Warmup, maxBytes).Run();
        }

        watch.ForgetPeaks();
        var before = watch.Read();
        var clientBefore = Environment.CpuUsage.TotalTime;
        var phase = new Phase(clients, options.Duration, maxBytes);
        var tally = phase.Run();
        var clientCpu = (Environment.CpuUsage.TotalTime - clientBefore).TotalSeconds;
        var server = watch.IsEmpty ? null : ServerFigures.Of(before, watch.Read(), tally);
        return ScenarioResult.Of(scenario.Name, clients.Count, phase.Elapsed, tally, clientCpu, server);
    }
}
