using Harbor.Platform.Data;
using Xunit;

namespace Harbor.Unit.Data;

public sealed class SharedReadsTests
{
    private readonly List<TaskCompletionSource<string>> reads = [];
    private readonly SharedReads<string, string> shared;

    public SharedReadsTests() => shared = new(_ =>
    {
        reads.Add(new TaskCompletionSource<string>());
        return reads[^1].Task;
    });

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_asks_while_a_read_is_under_way_shares_the_next_one()
    {
        var first = shared.GetAsync("a", Ct);
        var second = shared.GetAsync("a", Ct);
        var third = shared.GetAsync("a", Ct);

        reads[0].SetResult("before");
        Assert.Equal("before", await first);
        await ReadAsync(2);
        Assert.False(second.IsCompleted);

        reads[1].SetResult("after");
        Assert.Equal(("after", "after"), (await second, await third));
        Assert.Equal(2, reads.Count);
    }

    [Fact]
    public async Task Another_question_does_not_wait()
    {
        var one = shared.GetAsync("a", Ct);
        var other = shared.GetAsync("b", Ct);

        reads[1].SetResult("b");
        reads[0].SetResult("a");

        Assert.Equal(("a", "b"), (await one, await other));
    }

    [Fact]
    public async Task A_question_put_after_the_answer_is_read_anew()
    {
        var first = shared.GetAsync("a", Ct);
        reads[0].SetResult("then");
        Assert.Equal("then", await first);

        var second = shared.GetAsync("a", Ct);
        await ReadAsync(2);
        reads[1].SetResult("now");

        Assert.Equal("now", await second);
    }

    [Fact]
    public async Task A_failure_is_told_to_all_who_share_it_and_the_next_read_is_a_new_one()
    {
        var first = shared.GetAsync("a", Ct);
        var second = shared.GetAsync("a", Ct);

        reads[0].SetException(new InvalidOperationException("lost"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        await ReadAsync(2);
        reads[1].SetResult("found");

        Assert.Equal("found", await second);
    }

    [Fact]
    public async Task One_who_leaves_does_not_end_the_read_for_the_others()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var first = shared.GetAsync("a", leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = shared.GetAsync("a", Ct);
        reads[0].SetResult("old");
        await ReadAsync(2);
        reads[1].SetResult("new");

        Assert.Equal("new", await second);
    }

    // The next read begins in the continuation of the one before.
    private async Task ReadAsync(int count)
    {
        while (reads.Count < count)
        {
            await Task.Yield();
        }
    }
}
