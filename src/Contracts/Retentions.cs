namespace Harbor.Contracts;

/// <summary>Which artifacts of a project stay, and when the others are deleted.</summary>
public sealed record RetentionPolicyDto
{
    public long Id { get; init; }

    /// <summary><c>or</c>, the one there is: an artifact stays when any rule retains it.</summary>
    public string? Algorithm { get; init; }

    public IReadOnlyList<RetentionRuleDto>? Rules { get; init; }

    public RetentionTriggerDto? Trigger { get; init; }

    public RetentionScopeDto? Scope { get; init; }
}

public sealed record RetentionRuleDto
{
    /// <summary>Kept as the client sends it; it names nothing.</summary>
    public long Id { get; init; }

    public long Priority { get; init; }

    public bool Disabled { get; init; }

    /// <summary><c>retain</c>, the one there is.</summary>
    public string? Action { get; init; }

    public string? Template { get; init; }

    /// <summary>A number under the template's own name.</summary>
    public IReadOnlyDictionary<string, RawJson>? Params { get; init; }

    public IReadOnlyList<RetentionSelectorDto>? TagSelectors { get; init; }

    /// <summary>By what they select; <c>repository</c> is the one kind there is.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RetentionSelectorDto>>? ScopeSelectors { get; init; }
}

public sealed record RetentionSelectorDto
{
    /// <summary><c>doublestar</c>, the one kind there is.</summary>
    public string? Kind { get; init; }

    /// <summary><c>matches</c> or <c>excludes</c> for tags, <c>repoMatches</c> or <c>repoExcludes</c> for repositories.</summary>
    public string? Decoration { get; init; }

    public string? Pattern { get; init; }

    /// <summary>A JSON text, such as <c>{"untagged":true}</c>: what becomes of artifacts without a tag.</summary>
    public string? Extras { get; init; }
}

public sealed record RetentionTriggerDto
{
    /// <summary><c>Schedule</c>, the one kind there is.</summary>
    public string? Kind { get; init; }

    public RetentionTriggerSettingsDto? Settings { get; init; }

    /// <summary>Nothing refers to anything here; clients expect the word.</summary>
    [AlwaysPresent]
    public RawJson? References { get; init; }
}

public sealed record RetentionTriggerSettingsDto
{
    /// <summary>Six fields; empty: runs by hand alone.</summary>
    [PresentWhenSet]
    public string? Cron { get; init; }

    /// <summary>RFC 3339; in answers, and only while there is such a time.</summary>
    public string? NextScheduledTime { get; init; }
}

public sealed record RetentionScopeDto
{
    /// <summary><c>project</c>, the one there is.</summary>
    public string? Level { get; init; }

    /// <summary>Id of the project.</summary>
    public long Ref { get; init; }
}

public sealed record RetentionMetadataDto
{
    public IReadOnlyList<RetentionTemplateDto>? Templates { get; init; }

    public IReadOnlyList<RetentionSelectorMetadataDto>? ScopeSelectors { get; init; }

    public IReadOnlyList<RetentionSelectorMetadataDto>? TagSelectors { get; init; }
}

public sealed record RetentionTemplateDto
{
    public string? RuleTemplate { get; init; }

    public string? DisplayText { get; init; }

    public string? Action { get; init; }

    public IReadOnlyList<RetentionParameterDto>? Params { get; init; }
}

public sealed record RetentionParameterDto
{
    public string? Type { get; init; }

    /// <summary><c>COUNT</c> or <c>DAYS</c>.</summary>
    public string? Unit { get; init; }

    public bool Required { get; init; }
}

public sealed record RetentionSelectorMetadataDto
{
    public string? DisplayText { get; init; }

    public string? Kind { get; init; }

    public IReadOnlyList<string>? Decorations { get; init; }
}

public sealed record RetentionRunRequest
{
    /// <summary>Whether to judge only, and delete nothing.</summary>
    public bool DryRun { get; init; }
}

public sealed record RetentionActionRequest
{
    /// <summary><c>stop</c>, the one there is.</summary>
    public string? Action { get; init; }
}

/// <summary>One run of a policy. Times are RFC 3339 with as many decimals as they need; one that is not yet is the year 1.</summary>
public sealed record RetentionExecutionDto
{
    public long Id { get; init; }

    public long PolicyId { get; init; }

    public string? StartTime { get; init; }

    public string? EndTime { get; init; }

    public string? Status { get; init; }

    public string? Trigger { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>What a run does in one repository.</summary>
public sealed record RetentionTaskDto
{
    public long Id { get; init; }

    public long ExecutionId { get; init; }

    /// <summary>Name without the project.</summary>
    public string? Repository { get; init; }

    public string? JobId { get; init; }

    public string? Status { get; init; }

    /// <summary>0 pending, 1 scheduled, 2 running, 3 at its end.</summary>
    [AlwaysPresent]
    public int StatusCode { get; init; }

    public string? StartTime { get; init; }

    public string? EndTime { get; init; }

    /// <summary>Artifacts that were judged.</summary>
    [AlwaysPresent]
    public long Total { get; init; }

    /// <summary>Those of them that are there still, or would be.</summary>
    [AlwaysPresent]
    public long Retained { get; init; }
}
