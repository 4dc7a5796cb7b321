using System.Collections.Concurrent;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Harbor.Platform.Jobs;
using Harbor.Platform.Settings;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Harbor.Integration.Jobs;

/// <summary>What a task of a test is told.</summary>
internal sealed record ScriptedInput(string Name, int Number = 0);

/// <summary>A job that does what the test says.</summary>
internal sealed class ScriptedJob(JobReplica replica) : IJob<ScriptedInput>
{
    public Task RunAsync(ScriptedInput input, JobContext job, CancellationToken ct) => replica.RunAsync(input, job, ct);
}

/// <summary>The job engine of one process, on the test's database. What its workers do is the test's to say.</summary>
internal sealed class JobReplica : IAsyncDisposable
{
    public static readonly JobKind Plain = new("PLAIN");
    public static readonly JobKind Alone = new("ALONE") { MaxConcurrency = 1 };
    public static readonly JobKind Urgent = new("URGENT") { Priority = 2000 };
    public static readonly JobKind Stubborn = new("STUBBORN") { MaxFails = 3 };
    public static readonly JobKind Short = new("SHORT") { Deadline = TimeSpan.FromMilliseconds(50) };

    private readonly ServiceProvider services;
    private readonly NpgsqlDataSource pool;

    public JobReplica(TestDatabase database, int workers = 4, Action<IServiceCollection>? more = null)
    {
        pool = NpgsqlDataSource.Create(database.ConnectionString);
        database.Serves(pool);
        Db = new Database(pool, Microsoft.Extensions.Logging.Abstractions.NullLogger<Database>.Instance);
        var collection = new ServiceCollection()
            .AddLogging()
            .AddSingleton(Db)
            .AddSingleton(this)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new HarborOptions { DataDirectory = "/nowhere" })
            .AddSingleton(new DatabaseAddress(new Secret(database.ConnectionString), new Secret(database.ConnectionString)))
            .AddSingleton<ChangeFeed>()
            .AddJobs()
            .AddSingleton(new JobOptions(workers));
        foreach (var kind in (JobKind[])[Plain, Alone, Urgent, Stubborn, Short])
        {
            collection.AddJob<ScriptedJob, ScriptedInput>(kind);
        }

        more?.Invoke(collection);
        services = collection.BuildServiceProvider();
    }

    public Database Db { get; }

    /// <summary>What a task does; at first, nothing.</summary>
    public Func<ScriptedInput, JobContext, CancellationToken, Task> Script { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>The names of the tasks that were begun here, in order.</summary>
    public ConcurrentQueue<string> Begun { get; } = [];

    public Executions Executions => services.GetRequiredService<Executions>();

    public ExecutionListing Listing => services.GetRequiredService<ExecutionListing>();

    public JobWorkers Workers => services.GetRequiredService<JobWorkers>();

    public JobQueues Queues => services.GetRequiredService<JobQueues>();

    public TaskQueue Tasks => services.GetRequiredService<TaskQueue>();

    public Schedules Schedules => services.GetRequiredService<Schedules>();

    public ScheduleClock Clock => services.GetRequiredService<ScheduleClock>();

    public WorkerPools Pools => services.GetRequiredService<WorkerPools>();

    public Task RunAsync(ScriptedInput input, JobContext job, CancellationToken ct)
    {
        Begun.Enqueue(input.Name);
        return Script(input, job, ct);
    }

    /// <summary>Starts an execution with a task for each name; answers its id.</summary>
    public Task<long> EnqueueAsync(JobKind kind, params string[] names) => Db.TransactAsync(async tx =>
    {
        var execution = await Executions.StartAsync(tx, new NewExecution("TEST", 1, JobTrigger.Manual));
        await Executions.EnqueueAllAsync(tx, execution, kind, [.. names.Select((name, number) => new NewTask<ScriptedInput>(new ScriptedInput(name, number)))]);
        return execution;
    }, CancellationToken.None);

    public async Task<Execution> FindAsync(long execution) => (await Listing.FindAsync("TEST", 1, execution, CancellationToken.None))!;

    public async Task<JobTask> TaskAsync(long execution) => (await Listing.FindOnlyTaskAsync(execution, CancellationToken.None))!;

    public async Task<string> LogAsync(long task)
    {
        var text = new System.Text.StringBuilder();
        await foreach (var piece in Listing.ReadLogAsync(task, CancellationToken.None))
        {
            text.Append(piece);
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await pool.DisposeAsync();
    }
}
