using System.Diagnostics;
using Harbor.Load.Measure;
using Harbor.Load.Registry;

namespace Harbor.Load.Scenarios;

/// <summary>Uploads of new blobs of one size, each client into a repository of its own.</summary>
/// <param name="sizeBytes">Length of each blob.</param>
internal sealed class PushBlobScenario(string name, string summary, int connections, long sizeBytes) : IScenario
{
    public string Name => name;

    public string Summary => summary;

    public int Connections => connections;

    public bool Stores => true;

    public Func<int, IClient> Prepare(Target target, int connections)
    {
        var source = new PayloadSource(sizeBytes);
        return index => new Client(new RegistryClient(target), source, target.Repository($"bench-push-{index}"));
    }

    private sealed class Client(RegistryClient registry, PayloadSource source, string repository) : IClient
    {
        public Sample Operate()
        {
            var blob = source.Next();
            var begin = Stopwatch.GetTimestamp();
            registry.Upload(repository, blob);
            return new(Elapsed.Nanoseconds(begin, Stopwatch.GetTimestamp()), null, blob.Length);
        }

        public void Dispose() => registry.Dispose();
    }
}
