using Harbor.Oci;
using Harbor.Platform.Data;

namespace Harbor.Modules.Immutability;

/// <summary>The rules of one project that are switched on. Immutable itself, so it may be cached.</summary>
public sealed class ImmutabilityRules
{
    /// <summary>SQL: definitions of the rules that are switched on in project <c>$1</c>, for <see cref="From"/>.</summary>
    public const string Select = "SELECT definition::text FROM immutable_tag_rule WHERE project_id = $1 AND NOT disabled";

    public static readonly ImmutabilityRules None = new([]);

    private readonly ImmutabilityRule[] rules;

    private ImmutabilityRules(ImmutabilityRule[] rules) => this.rules = rules;

    public bool IsEmpty => rules.Length == 0;

    public static ImmutabilityRules From(IEnumerable<string> definitions) => new([.. definitions.Select(RuleDefinition.Read)]);

    /// <summary>
    /// The rules as they are now, for a transaction that decides by them: it must hold the project's row already, at least
    /// <c>FOR KEY SHARE</c>. Whoever changes a rule holds it <c>FOR UPDATE</c>, so they stay as they are until the end.
    /// </summary>
    public static async Task<ImmutabilityRules> ReadAsync(Transaction tx, long projectId) =>
        From(await tx.ListAsync(Select, row => row.GetString(0), projectId));

    public bool Cover(RepositoryName repository, string tag) => Array.Exists(rules, rule => rule.Covers(repository.Path, tag));
}
