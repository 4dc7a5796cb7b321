using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace Harbor.Support;

/// <summary>Watches what SQL one server sends, so that a test can count it. Background services of the server are seen too.</summary>
public sealed class SqlStatements : IDisposable
{
    private readonly ConcurrentQueue<string> seen = new();
    private readonly ActivityListener listener;

    public SqlStatements(TestHarbor harbor)
    {
        var database = new NpgsqlConnectionStringBuilder(harbor.Database.ConnectionString).Database;
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                var at = activity.GetTagItem("db.namespace") ?? activity.GetTagItem("db.name");
                if (at as string == database && (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) is string sql)
                {
                    seen.Enqueue(sql);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>What was sent since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = new List<string>();
        while (seen.TryDequeue(out var sql))
        {
            taken.Add(sql);
        }

        return taken;
    }

    public void Dispose() => listener.Dispose();
}
