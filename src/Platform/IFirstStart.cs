namespace Harbor.Platform;

/// <summary>Work that the first start of an installation owes, such as giving the administrator a password.</summary>
/// <remarks>
/// Runs at every start, after the schema is up to date and before the first request, in the order of registration. It must find out
/// by itself that it is done already, and two replicas may run it at the same time on one empty database.
/// </remarks>
public interface IFirstStart
{
    Task RunAsync(CancellationToken ct);
}
