namespace Harbor.Platform.Data;

/// <summary>Lets those who ask the same at the same time share one read: a list that many clients poll costs the database no more for it.</summary>
/// <remarks>Every answer is from a read that began after its question was put. Whoever asks while one is under way shares the next one.</remarks>
public sealed class SharedReads<TKey, TValue>(Func<TKey, Task<TValue>> read)
    where TKey : notnull
{
    // A key is here while a read of it is under way, with those who wait for the next one.
    private readonly Dictionary<TKey, TaskCompletionSource<TValue>?> running = [];

    /// <summary>What <c>read</c> answers, or throws. A caller who leaves does not end the read for the others.</summary>
    public Task<TValue> GetAsync(TKey key, CancellationToken ct)
    {
        TaskCompletionSource<TValue> asked;
        lock (running)
        {
            if (running.TryGetValue(key, out var next))
            {
                running[key] = next ??= NewQuestion();
                return next.Task.WaitAsync(ct);
            }

            running[key] = null;
            asked = NewQuestion();
        }

        _ = AnswerAsync(key, asked);
        return asked.Task.WaitAsync(ct);
    }

    private async Task AnswerAsync(TKey key, TaskCompletionSource<TValue>? asked)
    {
        while (asked is not null)
        {
            try
            {
                asked.SetResult(await read(key));
            }
            catch (Exception e)
            {
                asked.SetException(e);   // each asker's to handle
            }

            lock (running)
            {
                asked = running[key];
                if (asked is null)
                {
                    running.Remove(key);
                }
                else
                {
                    running[key] = null;
                }
            }
        }
    }

    private static TaskCompletionSource<TValue> NewQuestion() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
