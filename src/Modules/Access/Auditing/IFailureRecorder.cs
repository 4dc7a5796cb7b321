namespace Harbor.Modules.Access.Auditing;

/// <summary>Keeps what the audited requests that failed were about. Answered by the Audit module.</summary>
public interface IFailureRecorder
{
    /// <remarks>It never throws: the caller has a failure to report already.</remarks>
    Task RecordAsync(AuditedFailure failure);
}

/// <param name="Subject">What it was about, as far as the request tells; empty when it does not.</param>
/// <param name="Project">The project that the request named; null for none.</param>
public sealed record AuditedFailure(AuditedOperation Operation, SecurityContext Caller, string Subject, ProjectInfo? Project);
