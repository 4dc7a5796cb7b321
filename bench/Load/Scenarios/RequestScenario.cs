using System.Diagnostics;
using Harbor.Load.Http;
using Harbor.Load.Measure;
using Harbor.Load.Registry;

namespace Harbor.Load.Scenarios;

/// <summary>The same few requests, over and over, as fast as the server answers.</summary>
/// <param name="prepare">Seeds the server and returns the requests that each client goes through in turn.</param>
internal sealed class RequestScenario(
    string name, string summary, int connections, Func<Target, IReadOnlyList<PreparedRequest>> prepare) : IScenario
{
    public string Name => name;

    public string Summary => summary;

    public int Connections => connections;

    public bool Stores => false;

    public Func<int, IClient> Prepare(Target target, int connections)
    {
        var requests = prepare(target);
        return index => new Client(target.Connect(), requests, index);
    }

    private sealed class Client(HttpConnection connection, IReadOnlyList<PreparedRequest> requests, int first) : IClient
    {
        private int next = first % requests.Count;

        public Sample Operate()
        {
            var request = requests[next];
            next = next + 1 == requests.Count ? 0 : next + 1;
            var begin = Stopwatch.GetTimestamp();
            var reply = request.Send(connection);
            var end = Stopwatch.GetTimestamp();
            return new(Elapsed.Nanoseconds(begin, end), Elapsed.Nanoseconds(begin, reply.FirstByteAt), reply.BodyBytes);
        }

        public void Dispose() => connection.Dispose();
    }
}
