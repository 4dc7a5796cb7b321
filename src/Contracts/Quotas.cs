namespace Harbor.Contracts;

/// <summary>How much a project may hold and holds. The only resource is <c>storage</c>, in bytes; a limit of -1 is none.</summary>
public sealed record QuotaDto
{
    public long Id { get; init; }

    public required QuotaReferenceDto Ref { get; init; }

    [AlwaysPresent]
    public required IReadOnlyDictionary<string, long> Hard { get; init; }

    [AlwaysPresent]
    public required IReadOnlyDictionary<string, long> Used { get; init; }

    public DateTimeOffset CreationTime { get; init; }

    public DateTimeOffset UpdateTime { get; init; }
}

/// <summary>The project that a quota is about.</summary>
public sealed record QuotaReferenceDto
{
    public long Id { get; init; }

    public required string Name { get; init; }

    public required string OwnerName { get; init; }
}

public sealed record QuotaUpdateRequest
{
    public IReadOnlyDictionary<string, long>? Hard { get; init; }
}
