namespace Harbor.Contracts;

/// <summary>A record of the log that older releases wrote.</summary>
public sealed record AuditLogDto
{
    public long Id { get; init; }

    public required string Username { get; init; }

    public required string Resource { get; init; }

    public required string ResourceType { get; init; }

    public required string Operation { get; init; }

    public DateTimeOffset OpTime { get; init; }
}

/// <summary>A record of the audit log.</summary>
public sealed record AuditLogExtDto
{
    public long Id { get; init; }

    public required string Username { get; init; }

    public required string Resource { get; init; }

    public required string ResourceType { get; init; }

    public required string Operation { get; init; }

    public required string OperationDescription { get; init; }

    [AlwaysPresent]
    public bool OperationResult { get; init; }

    public DateTimeOffset OpTime { get; init; }
}

public sealed record AuditLogEventTypeDto
{
    public required string EventType { get; init; }
}
