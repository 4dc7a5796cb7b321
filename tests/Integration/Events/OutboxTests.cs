using Harbor.Integration.Startup;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Events;

/// <summary>What is committed is told to every listener once, whatever fails.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private readonly List<NpgsqlDataSource> pools = [];
    private TestDatabase testing = null!;
    private Database db = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        testing = await TestDatabase.CreateAsync();
        await testing.QueryAsync("CREATE TABLE heard (listener text NOT NULL, number integer NOT NULL)");
        db = Open();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pool in pools)
        {
            await pool.DisposeAsync();
        }

        await testing.DisposeAsync();
    }

    [Fact]
    public async Task An_event_is_told_to_each_listener_once_and_leaves_the_outbox()
    {
        await PublishAsync(1, 2, 3);

        Assert.Equal(3, await Dispatcher(new RecordingListener("a"), new RecordingListener("b")).DispatchAsync(Ct));

        Assert.Equal("a1 a2 a3 b1 b2 b3", await HeardAsync());
        Assert.Equal(0L, await WaitingAsync());
    }

    [Fact]
    public async Task An_event_of_a_transaction_that_fails_never_was()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.TransactAsync(async tx =>
        {
            await tx.PublishAsync(new Rung(1));
            throw new InvalidOperationException("no");
        }, Ct));

        Assert.Equal(0, await Dispatcher(new RecordingListener("a")).DispatchAsync(Ct));
        Assert.Equal("", await HeardAsync());
    }

    [Fact]
    public async Task Many_events_are_handled_in_few_transactions()
    {
        await PublishAsync([.. Enumerable.Range(1, 450)]);
        var listener = new RecordingListener("a");

        await Dispatcher(listener).DispatchAsync(Ct);

        Assert.Equal([OutboxDispatcher.BatchSize, OutboxDispatcher.BatchSize, 50], listener.Calls);
    }

    [Fact]
    public async Task Two_dispatchers_share_the_events_and_tell_none_twice()
    {
        await PublishAsync([.. Enumerable.Range(1, 1000)]);
        var other = Open();

        await Task.WhenAll(
            Dispatcher(new RecordingListener("a")).DispatchAsync(Ct),
            Dispatcher(other, new RecordingListener("a")).DispatchAsync(Ct),
            Dispatcher(Open(), new RecordingListener("a")).DispatchAsync(Ct));

        Assert.Equal(1000L, await testing.QueryAsync("SELECT count(*) FROM heard"));
        Assert.Equal(1000L, await testing.QueryAsync("SELECT count(DISTINCT number) FROM heard"));
        Assert.Equal(0L, await WaitingAsync());
    }

    [Fact]
    public async Task A_dispatcher_that_dies_half_way_leaves_its_events_to_the_next_and_no_effect_behind()
    {
        await PublishAsync(1, 2, 3);
        var there = new TaskCompletionSource();
        var doomed = Dispatcher(Open(), new RecordingListener("a", async rung =>
        {
            if (rung.Number == 2)
            {
                there.TrySetResult();
                await Task.Delay(Timeout.Infinite, Ct);
            }
        }));
        using var dying = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = doomed.DispatchAsync(dying.Token);
        await there.Task.WaitAsync(Ct);

        // As a kill ends it: its session is gone, and what it did with it. While it lives, nobody else gets its events.
        Assert.Equal(0, await Dispatcher(new RecordingListener("a")).DispatchAsync(Ct));
        await testing.QueryAsync("SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'");
        Assert.Equal("", await HeardAsync());

        Assert.Equal(3, await Dispatcher(new RecordingListener("a")).DispatchAsync(Ct));
        Assert.Equal("a1 a2 a3", await HeardAsync());
        _ = running;
    }

    [Fact]
    public async Task A_listener_that_fails_on_an_event_holds_up_neither_the_other_events_nor_the_other_listeners()
    {
        await PublishAsync(1, 2, 3);

        await Dispatcher(new RecordingListener("a", PoisonedBy(2)), new RecordingListener("b")).DispatchAsync(Ct);

        Assert.Equal("a1 a3 b1 b2 b3", await HeardAsync());
        Assert.Equal("test.rung for a, attempts 1", await testing.QueryAsync("SELECT kind || ' for ' || listener || ', attempts ' || attempts FROM outbox"));
        Assert.True((bool)(await testing.QueryAsync("SELECT due_at > harbor_now() FROM outbox"))!);
    }

    [Fact]
    public async Task It_gets_the_event_again_when_the_pause_is_over()
    {
        await PublishAsync(2);
        await Dispatcher(new RecordingListener("a", PoisonedBy(2)), new RecordingListener("b")).DispatchAsync(Ct);

        await DueAsync();
        await Dispatcher(new RecordingListener("a"), new RecordingListener("b")).DispatchAsync(Ct);

        Assert.Equal("a2 b2", await HeardAsync());
        Assert.Equal(0L, await WaitingAsync());
    }

    [Fact]
    public async Task An_event_that_always_fails_is_set_aside_with_its_error_and_its_payload()
    {
        await PublishAsync(2);
        var dispatcher = Dispatcher(new RecordingListener("a", PoisonedBy(2)), new RecordingListener("b"));
        for (var attempt = 0; attempt < OutboxDispatcher.MaxAttempts; attempt++)
        {
            Assert.Equal(1L, await WaitingAsync());
            await dispatcher.DispatchAsync(Ct);
            await DueAsync();
        }

        Assert.Equal(0L, await WaitingAsync());
        Assert.Equal("b2", await HeardAsync());
        Assert.Equal(
            $"test.rung {{\"number\": 2}} a {OutboxDispatcher.MaxAttempts} InvalidOperationException: poisoned by 2",
            await testing.QueryAsync("SELECT concat_ws(' ', kind, payload, listener, attempts, error) FROM outbox_failed"));
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_fails_alone()
    {
        await PublishAsync(1);
        await testing.QueryAsync("""INSERT INTO outbox (kind, payload, happened_at, due_at) VALUES ('test.rung', '{"number": "no number"}', now(), now())""");
        await PublishAsync(3);

        await Dispatcher(new RecordingListener("a"), new RecordingListener("b")).DispatchAsync(Ct);

        Assert.Equal("a1 a3 b1 b3", await HeardAsync());
        Assert.Equal(2L, await testing.QueryAsync("SELECT count(*) FROM outbox WHERE attempts = 1"));
    }

    [Fact]
    public async Task Kinds_and_listeners_of_another_release_are_left_to_it()
    {
        await PublishAsync(1);
        await testing.QueryAsync("""INSERT INTO outbox (kind, payload, happened_at, due_at) VALUES ('test.unheard-of', '{}', now(), now())""");
        await testing.QueryAsync("""INSERT INTO outbox (kind, payload, happened_at, due_at, listener, attempts) VALUES ('test.rung', '{"number": 9}', now(), now(), 'newer', 1)""");

        Assert.Equal(1, await Dispatcher(new RecordingListener("a")).DispatchAsync(Ct));
        Assert.Equal(2L, await WaitingAsync());
    }

    [Fact]
    public async Task A_running_dispatcher_is_woken_by_the_commit()
    {
        using var dispatcher = Dispatcher(new RecordingListener("a"));
        await dispatcher.StartAsync(Ct);

        await PublishAsync(1);
        await Eventually.HoldsAsync(async () => await HeardAsync() == "a1", "the event is told");

        // One that another process committed is found by looking.
        await testing.QueryAsync("""INSERT INTO outbox (kind, payload, happened_at, due_at) VALUES ('test.rung', '{"number": 2}', now(), now())""");
        await Eventually.HoldsAsync(async () => await HeardAsync() == "a1 a2", "the other's event is told");
        await dispatcher.StopAsync(Ct);
    }

    private static Func<Rung, Task> PoisonedBy(int number) =>
        rung => rung.Number == number ? throw new InvalidOperationException($"poisoned by {number}") : Task.CompletedTask;

    private Database Open()
    {
        var pool = NpgsqlDataSource.Create(testing.ConnectionString);
        pools.Add(pool);
        return new Database(pool, NullLogger<Database>.Instance);
    }

    private OutboxDispatcher Dispatcher(params IEventListener[] listeners) => Dispatcher(db, listeners);

    private static OutboxDispatcher Dispatcher(Database database, params IEventListener[] listeners) =>
        new(database, listeners, TimeProvider.System, NullLogger<OutboxDispatcher>.Instance);

    private Task PublishAsync(params int[] numbers) => db.TransactAsync(async tx =>
    {
        foreach (var number in numbers)
        {
            await tx.PublishAsync(new Rung(number));
        }
    }, Ct);

    private Task<object?> DueAsync() => testing.QueryAsync("UPDATE outbox SET due_at = harbor_now()");

    private async Task<long> WaitingAsync() => (long)(await testing.QueryAsync("SELECT count(*) FROM outbox"))!;

    private async Task<string> HeardAsync() =>
        (string?)await testing.QueryAsync("SELECT string_agg(listener || number, ' ' ORDER BY listener, number) FROM heard") ?? "";
}
