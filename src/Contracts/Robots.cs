namespace Harbor.Contracts;

/// <summary>A robot account as it is shown. Its secret never is.</summary>
public sealed record RobotDto
{
    public long Id { get; init; }

    /// <summary>Its login name, prefix and all.</summary>
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary><c>system</c> or <c>project</c>.</summary>
    public required string Level { get; init; }

    /// <summary>Days that it lives; -1: for ever.</summary>
    public long? Duration { get; init; }

    /// <summary>False for a robot of Harbor's first kind, which can only be deleted.</summary>
    [AlwaysPresent]
    public bool Editable { get; init; }

    [AlwaysPresent]
    public bool Disable { get; init; }

    /// <summary>Unix seconds; -1: never.</summary>
    public long ExpiresAt { get; init; }

    public required IReadOnlyList<RobotPermissionDto> Permissions { get; init; }

    /// <summary><c>local</c> for a user, <c>robot</c> for a robot.</summary>
    public string? CreatorType { get; init; }

    /// <summary>Id of the user or the robot.</summary>
    public long CreatorRef { get; init; }

    public DateTimeOffset CreationTime { get; init; }

    public DateTimeOffset UpdateTime { get; init; }
}

/// <summary>What a robot may do in one place.</summary>
public sealed record RobotPermissionDto
{
    /// <summary><c>system</c> or <c>project</c>.</summary>
    public string? Kind { get; init; }

    /// <summary><c>/</c> for the system; a project's name, or <c>*</c> for every project.</summary>
    public string? Namespace { get; init; }

    public IReadOnlyList<RobotAccessDto?>? Access { get; init; }
}

public sealed record RobotAccessDto
{
    public string? Resource { get; init; }

    public string? Action { get; init; }

    /// <summary><c>allow</c> or <c>deny</c>; nothing allows.</summary>
    public string? Effect { get; init; }
}

/// <summary>What may be said of a new robot. A secret is not among it: it is drawn, and shown once.</summary>
public sealed record RobotCreationRequest
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public string? Level { get; init; }

    public long? Duration { get; init; }

    public IReadOnlyList<RobotPermissionDto?>? Permissions { get; init; }
}

/// <summary>A robot as it shall be. Name and level must be as they are.</summary>
public sealed record RobotRequest
{
    /// <summary>Its login name, prefix and all.</summary>
    public string? Name { get; init; }

    public string? Description { get; init; }

    public string? Level { get; init; }

    /// <summary>Days from its creation; nothing keeps what it is.</summary>
    public long? Duration { get; init; }

    public bool? Disable { get; init; }

    public IReadOnlyList<RobotPermissionDto?>? Permissions { get; init; }
}

/// <summary>A new robot. This is the only time that its secret is shown.</summary>
public sealed record RobotCreatedDto
{
    public long Id { get; init; }

    public required string Name { get; init; }

    public required string Secret { get; init; }

    public DateTimeOffset CreationTime { get; init; }

    public long ExpiresAt { get; init; }

    public override string ToString() => "***";
}

/// <summary>The secret that a robot shall have, or the one drawn for it.</summary>
public sealed record RobotSecretDto
{
    public string? Secret { get; init; }

    public override string ToString() => "***";
}
