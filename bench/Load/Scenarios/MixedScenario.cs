using System.Diagnostics;
using Harbor.Load.Measure;
using Harbor.Load.Registry;

namespace Harbor.Load.Scenarios;

/// <summary>Small images: three pulls, then one push, and so on.</summary>
internal sealed class MixedScenario(string name, string summary, int connections) : IScenario
{
    private const int PulledImages = 20;
    private const int OperationsPerPush = 4;

    public string Name => name;

    public string Summary => summary;

    public int Connections => connections;

    public bool Stores => true;

    public Func<int, IClient> Prepare(Target target, int connections)
    {
        var repository = target.Repository("bench-mixed");
        var images = new SmallImage[PulledImages];
        Reads.Seed(target, Enumerable.Range(0, PulledImages), (client, index) =>
            images[index] = Reads.PushOnce(client, repository, Reads.Tag(index)));
        return index => new Client(new RegistryClient(target), repository, images, index);
    }

    // Clients start at different places of the cycle, so that they do not all push at the same time.
    private sealed class Client(RegistryClient registry, string repository, SmallImage[] images, int first) : IClient
    {
        private int done = first;

        public Sample Operate()
        {
            var pushes = ++done % OperationsPerPush == 0;
            var image = pushes ? SmallImage.Next() : images[done % images.Length];
            var begin = Stopwatch.GetTimestamp();
            if (pushes)
            {
                registry.Push(repository, image.Tag, image);
            }
            else
            {
                registry.Pull(repository, Reads.Tag(done % images.Length), image);
            }

            var elapsed = Elapsed.Nanoseconds(begin, Stopwatch.GetTimestamp());
            return new(elapsed, null, image.Length, pushes ? "push" : "pull");
        }

        public void Dispose() => registry.Dispose();
    }
}
