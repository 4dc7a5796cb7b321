namespace Harbor.Modules.Audit;

/// <summary>One line of the audit log. It holds names, never what was sent: no bodies, no secrets.</summary>
/// <param name="Username">Who did it; too long a name is cut.</param>
/// <param name="Operation">Such as <c>create</c>.</param>
/// <param name="ResourceType">Such as <c>artifact</c>; with the operation it makes the event type, <c>create_artifact</c>.</param>
/// <param name="Description">A sentence for people.</param>
/// <param name="Succeeded">False when it was refused or failed.</param>
/// <param name="ProjectId">The project whose administrators may read it; 0 for none.</param>
/// <param name="At">When, by the database's clock; null is now.</param>
public sealed record AuditRecord(
    string Username, string Operation, string ResourceType, string Resource, string Description, bool Succeeded, long ProjectId, DateTimeOffset? At)
{
    private const int MaxUsername = 255;
    private const int MaxResource = 512;
    private const int MaxDescription = 1024;

    /// <summary>As <c>disabled_audit_log_event_types</c> names it.</summary>
    public string EventType => $"{Operation}_{ResourceType}";

    /// <summary>With every text cut to what is kept, and without what PostgreSQL cannot hold.</summary>
    public AuditRecord Bounded() => this with
    {
        Username = Cut(Username, MaxUsername),
        Resource = Cut(Resource, MaxResource),
        Description = Cut(Description, MaxDescription),
    };

    /// <summary>The sentence for an operation on a resource.</summary>
    /// <param name="more">What else is to be said, such as <c>change user password</c>; null: nothing.</param>
    public static string Describe(string operation, string resourceType, string resource, string? more = null)
    {
        var sentence = (operation, resourceType) switch
        {
            ("create", "artifact") => $"push artifact: {resource}",
            (_, "user") when operation is "create" or "update" or "delete" => $"{operation} user with name: {resource}",
            (_, "configuration") => "update configuration",
            _ => $"{operation} {resourceType}: {resource}",
        };
        return more is null ? sentence : $"{sentence}, {more}";
    }

    private static string Cut(string text, int most)
    {
        const string Ellipsis = "...";
        var clean = text.Replace('\0', ' ');
        if (clean.Length <= most)
        {
            return clean;
        }

        // Never between the two halves of a character: half of one cannot be stored.
        var kept = most - Ellipsis.Length;
        return string.Concat(clean.AsSpan(0, char.IsHighSurrogate(clean[kept - 1]) ? kept - 1 : kept), Ellipsis);
    }
}
