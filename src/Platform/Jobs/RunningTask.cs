namespace Harbor.Platform.Jobs;

/// <summary>Why an attempt was ended from outside.</summary>
internal enum Interruption
{
    None,
    StopAsked,
    DeadlinePassed,
    LeaseLost,
    ServerStops,
}

/// <summary>An attempt under way in this process.</summary>
internal sealed class RunningTask(ClaimedTask claimed, CancellationTokenSource ending, DateTimeOffset startedAt)
{
    private int interruption;

    public ClaimedTask Claimed => claimed;

    public DateTimeOffset StartedAt => startedAt;

    public CancellationToken Ct => ending.Token;

    public Interruption Interruption => (Interruption)Volatile.Read(ref interruption);

    /// <summary>Asks the job to end. The first reason stands.</summary>
    public void Interrupt(Interruption reason)
    {
        if (Interlocked.CompareExchange(ref interruption, (int)reason, (int)Interruption.None) == (int)Interruption.None)
        {
            try
            {
                ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }
    }
}
