using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace Harbor.Support;

/// <summary>Watches what SQL one server sends to answer requests, so that a test can count it.</summary>
public sealed class SqlStatements : IDisposable
{
    private const string Requests = "Microsoft.AspNetCore";

    private readonly ConcurrentQueue<string> seen = new();
    private readonly ActivityListener listener;

    public SqlStatements(TestHarbor harbor)
    {
        var database = new NpgsqlConnectionStringBuilder(harbor.Database.ConnectionString).Database;
        listener = new ActivityListener
        {
            // Listened to, a request is an activity, and so the ancestor of what is done for it; background services have none.
            ShouldListenTo = source => source.Name is "Npgsql" or Requests,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                var at = activity.GetTagItem("db.namespace") ?? activity.GetTagItem("db.name");
                if (at as string == database && IsForRequest(activity) && (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) is string sql)
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

    private static bool IsForRequest(Activity activity)
    {
        var ancestor = activity.Parent;
        while (ancestor is not null && ancestor.Source.Name != Requests)
        {
            ancestor = ancestor.Parent;
        }

        return ancestor is not null;
    }
}
