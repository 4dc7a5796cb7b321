using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts.Pulls;

/// <summary>Reacts to pulls, in sets, within a second. A pull that was served just before a crash may never be told.</summary>
public interface IPullListener
{
    /// <summary>Runs in the transaction that counts the pulls; it may run again, whole.</summary>
    Task HandleAsync(Transaction tx, IReadOnlyList<Pulled> pulls);
}
