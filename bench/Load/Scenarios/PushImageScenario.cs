using System.Diagnostics;
using Harbor.Load.Measure;
using Harbor.Load.Registry;

namespace Harbor.Load.Scenarios;

/// <summary>Pushes of new small images.</summary>
/// <param name="shared">Whether all clients push into one repository; else each has a project of its own.</param>
internal sealed class PushImageScenario(string name, string summary, int connections, bool shared) : IScenario
{
    public string Name => name;

    public string Summary => summary;

    public int Connections => connections;

    public bool Stores => true;

    public Func<int, IClient> Prepare(Target target, int connections)
    {
        if (!shared && target.Authorizer.UsesTokens)
        {
            using var registry = new RegistryClient(target);
            foreach (var index in Enumerable.Range(0, connections))
            {
                registry.EnsureProject(ProjectOf(index));
            }
        }

        return index => new Client(new RegistryClient(target), shared ? target.Repository("bench-small") : $"{ProjectOf(index)}/small");
    }

    private static string ProjectOf(int index) => $"bench-{index}";

    private sealed class Client(RegistryClient registry, string repository) : IClient
    {
        public Sample Operate()
        {
            var image = SmallImage.Next();
            var begin = Stopwatch.GetTimestamp();
            registry.Push(repository, image.Tag, image);
            return new(Elapsed.Nanoseconds(begin, Stopwatch.GetTimestamp()), null, image.Length);
        }

        public void Dispose() => registry.Dispose();
    }
}
