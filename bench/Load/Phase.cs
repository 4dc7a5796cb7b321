using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Harbor.Load.Http;
using Harbor.Load.Measure;
using Harbor.Load.Scenarios;

namespace Harbor.Load;

/// <summary>Lets all clients work until the time is over or enough was carried.</summary>
/// <param name="length">Each client does one operation at least.</param>
/// <param name="maxBytes">Ends the phase once all together have carried as much.</param>
internal sealed class Phase(IReadOnlyList<IClient> clients, TimeSpan length, long maxBytes)
{
    // A server that is gone must not be knocked at as fast as the processor can.
    private const int FailuresToGiveUp = 20;

    private long bytes;

    /// <summary>From the start until the last client was done.</summary>
    public TimeSpan Elapsed { get; private set; }

    public Tally Run()
    {
        var tallies = clients.Select(_ => new Tally()).ToArray();
        var begin = Stopwatch.GetTimestamp();
        // One thread each: the connections block, and the pool would start them one by one.
        var threads = clients
            .Select((client, index) => new Thread(() => Work(client, tallies[index], begin)) { IsBackground = true })
            .ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Elapsed = Stopwatch.GetElapsedTime(begin);
        return tallies.Aggregate(new Tally(), (sum, each) =>
        {
            sum.Add(each);
            return sum;
        });
    }

    private void Work(IClient client, Tally tally, long begin)
    {
        var failures = 0;
        do
        {
            try
            {
                var sample = client.Operate();
                tally.Record(sample);
                Interlocked.Add(ref bytes, sample.Bytes);
                failures = 0;
            }
            catch (Exception failure) when (Reason(failure) is { } reason)
            {
                tally.Fail(reason);
                failures++;
            }
        }
        while (failures < FailuresToGiveUp && Stopwatch.GetElapsedTime(begin) < length && Interlocked.Read(ref bytes) < maxBytes);
    }

    /// <summary>What to count a failure under; null when it is a fault of the program.</summary>
    public static string? Reason(Exception failure) => failure switch
    {
        HttpFailure => failure.Message,
        AggregateException many => Reason(many.InnerExceptions[0]),
        JsonException => "bad JSON",
        SocketException socket => socket.SocketErrorCode.ToString(),
        _ => null,
    };
}
