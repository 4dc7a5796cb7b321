using System.Text;
using Harbor.Load.Http;
using Harbor.Load.Measure;
using Harbor.Load.Registry;

namespace Harbor.Load;

/// <summary>Checks of what every figure rests on.</summary>
internal static class SelfTest
{
    private static readonly (string Promise, Func<bool> Holds)[] Checks =
    [
        ("Percentiles are those of the sorted values, at most 1/128 above", PercentilesFollowSortedValues),
        ("Small values are kept exactly", () => Enumerable.Range(1, 100).All(each => Percentile(Enumerable.Range(1, 100), each) == each)),
        ("A histogram of nothing answers zero, and a sum equals recording together", SumsEqualRecordingTogether),
        ("A response is read alike however the network cuts it", ResponsesSurviveAnyCut),
        ("A body that ends early is a failure", () => Fails("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort")),
        ("A chunk longer than its size is a failure", () =>
            Fails("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n")),
        ("Something other than HTTP is a failure", () => Fails("SSH-2.0-OpenSSH\r\n\r\n")),
        ("A payload's digest is that of the bytes it sends", PayloadDigestsAreTrue),
        ("A challenge is taken apart", () => Challenge.Parse("Bearer realm=\"http://h:1/t?a=b\",service=\"s\",scope=\"x:y:z\"") is
            { Realm.AbsoluteUri: "http://h:1/t?a=b", Service: "s" }),
    ];

    /// <returns>0 when all hold.</returns>
    public static int Run(TextWriter output)
    {
        var broken = 0;
        foreach (var (promise, holds) in Checks)
        {
            var held = holds();
            output.WriteLine($"{(held ? "ok    " : "BROKEN")} {promise}");
            broken += held ? 0 : 1;
        }

        return broken;
    }

    private static bool PercentilesFollowSortedValues()
    {
        var random = new Random(1);
        return Enumerable.Range(0, 200).All(_ =>
        {
            var count = random.Next(1, 2000);
            var values = Enumerable.Range(0, count).Select(_ => (long)Math.Pow(2, random.NextDouble() * 40)).Order().ToArray();
            return Enumerable.Range(1, 100).All(percent =>
            {
                var exact = values[(int)decimal.Ceiling(count * percent / 100m) - 1];
                var answer = Percentile(values, percent);
                return answer >= exact && answer <= exact + (exact / 128);
            });
        });
    }

    private static bool SumsEqualRecordingTogether()
    {
        var (left, right, both) = (new Histogram(), new Histogram(), new Histogram());
        for (var value = 1; value < 5000; value += 7)
        {
            (value % 2 == 0 ? left : right).Record(value);
            both.Record(value);
        }

        left.Add(right);
        return new Histogram().Percentile(99) == 0
            && left.Count == both.Count
            && left.Max == both.Max
            && Enumerable.Range(1, 100).All(percent => left.Percentile(percent) == both.Percentile(percent));
    }

    private static long Percentile(IEnumerable<int> values, int percent) =>
        Percentile(values.Select(value => (long)value).ToArray(), percent);

    private static long Percentile(long[] values, int percent)
    {
        var histogram = new Histogram();
        Array.ForEach(values, histogram.Record);
        return histogram.Percentile(percent);
    }

    // Two responses on one connection: the second is only read right when the first was read to its exact end.
    private static bool ResponsesSurviveAnyCut()
    {
        const string chunked = "HTTP/1.1 100 Continue\r\n\r\n"
            + "HTTP/1.1 201 Created\r\ntransfer-encoding: Chunked\r\nLOCATION:  /here \r\n\r\n"
            + "3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n";
        const string plain = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody";
        return Enumerable.Range(1, chunked.Length + plain.Length).All(cut =>
        {
            using var server = new ScriptedServer(chunked + plain);
            using var connection = new HttpConnection(server.EndPoint, TimeSpan.FromSeconds(5), cut);
            var body = new StringBuilder();
            var first = connection.Exchange("GET"u8, sink: piece => body.Append(Encoding.ASCII.GetString(piece)));
            var location = connection.Header("Location");
            var second = connection.Exchange("GET"u8, sink: piece => body.Append(Encoding.ASCII.GetString(piece)));
            return (first.Status, first.BodyBytes, location, second.Status, second.BodyBytes, body.ToString())
                == (201, 13, "/here", 404, 4, "abc0123456789body");
        });
    }

    private static bool Fails(string answer)
    {
        using var server = new ScriptedServer(answer);
        using var connection = new HttpConnection(server.EndPoint, TimeSpan.FromSeconds(5));
        try
        {
            connection.Exchange("GET"u8);
            return false;
        }
        catch (HttpFailure)
        {
            return true;
        }
    }

    private static bool PayloadDigestsAreTrue()
    {
        using var source = new PayloadSource(5_000_001);
        var (named, again, next) = (source.Named("a"), source.Named("a"), source.Next());
        return named.Digest == again.Digest && next.Digest != named.Digest && new[] { named, next }.All(payload =>
        {
            var sent = new MemoryStream();
            payload.SendTo(piece => sent.Write(piece));
            return sent.Length == payload.Length && payload.Length == 5_000_001 && Digests.Sha256(sent.ToArray()) == payload.Digest;
        });
    }
}
