using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Retention;

/// <summary>Tells the operator what was deleted by rule, and not by hand.</summary>
internal sealed class RetentionListener(ILogger<RetentionListener> logger) : IEventListener
{
    public string Name => "retention-log";

    public IReadOnlyList<EventType> Wants { get; } = [EventType.Of<RetentionApplied>()];

    public Task HandleAsync(Transaction tx, IReadOnlyList<Happened> events)
    {
        foreach (var applied in events.Select(each => each.Event).OfType<RetentionApplied>())
        {
            Log.Applied(logger, applied.Total - applied.Retained, applied.Total, applied.Repository, applied.PolicyId, applied.By);
        }

        return Task.CompletedTask;
    }
}
