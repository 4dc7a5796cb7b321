using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Harbor.Platform.Http.Listing;

namespace Harbor.Modules.Immutability;

/// <summary>Lists and changes the rules of a project.</summary>
/// <remarks>
/// A change holds the project's row <c>FOR UPDATE</c>. It waits for pushes and deletions that have looked at the rules already, and
/// those that come later wait for it: none decides by rules that are no longer true.
/// </remarks>
internal sealed class RuleChanges(Database db, ChangeFeed feed)
{
    public const int MaxRules = 100;

    private static readonly SqlColumns Columns = new(("id", ColumnKind.Number, "id"), ("disabled", ColumnKind.Flag, "disabled"));

    /// <summary>Always by id, as in Harbor.</summary>
    public Task<Page<ImmutableRuleDto>> ListAsync(ProjectScope project, FilterQuery q, PageRequest page, CancellationToken ct)
    {
        return SqlPages.ReadAsync(db, Select("id, disabled, definition::text").Append(" ORDER BY id"), Select("count(*)"), page,
            row => RuleDefinition.Show(row.GetInt64(0), row.GetBoolean(1), row.GetString(2)), ct);

        SqlText Select(string what)
        {
            var sql = new SqlText($"SELECT {what} FROM immutable_tag_rule WHERE project_id = ").Parameter(project.Id);
            Columns.AppendFilter(sql, q);
            return sql;
        }
    }

    /// <summary>Adds a rule, switched on.</summary>
    /// <exception cref="Oci.RegistryException"><c>CONFLICT</c>: the project has it already; <c>BAD_REQUEST</c>: it has too many.</exception>
    public Task<long> AddAsync(ProjectScope project, ImmutableRuleDto rule, CancellationToken ct)
    {
        var (json, fingerprint) = RuleDefinition.From(rule);
        return ChangeAsync(project, async tx =>
        {
            if (await tx.ScalarAsync<long>("SELECT count(*) FROM immutable_tag_rule WHERE project_id = $1", project.Id) >= MaxRules)
            {
                throw ImmutabilityErrors.TooMany(MaxRules);
            }

            return await tx.ScalarAsync<long?>("""
                INSERT INTO immutable_tag_rule (project_id, definition, fingerprint, creation_time, update_time)
                VALUES ($1, $2::json, $3, harbor_now(), harbor_now()) ON CONFLICT DO NOTHING RETURNING id
                """, project.Id, json, fingerprint) ?? throw ImmutabilityErrors.AlreadyExists();
        }, ct);
    }

    /// <summary>Switches a rule on or off; where that stays as it is, puts another definition in the place of its own.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: not of this project; <c>CONFLICT</c>: another rule says the same.</exception>
    public Task UpdateAsync(ProjectScope project, long id, ImmutableRuleDto rule, CancellationToken ct) => ChangeAsync(project, async tx =>
    {
        var disabled = await tx.ScalarAsync<bool?>("SELECT disabled FROM immutable_tag_rule WHERE project_id = $1 AND id = $2", project.Id, id)
            ?? throw ImmutabilityErrors.RuleNotFound(id);
        if (disabled != rule.Disabled)
        {
            return await tx.ExecuteAsync(
                "UPDATE immutable_tag_rule SET disabled = $3, update_time = harbor_now() WHERE project_id = $1 AND id = $2", project.Id, id, rule.Disabled);
        }

        var (json, fingerprint) = RuleDefinition.From(rule);
        return await tx.ExecuteAsync("""
            UPDATE immutable_tag_rule SET definition = $3::json, fingerprint = $4, update_time = harbor_now()
            WHERE project_id = $1 AND id = $2
              AND NOT EXISTS (SELECT 1 FROM immutable_tag_rule AS other WHERE other.project_id = $1 AND other.fingerprint = $4 AND other.id <> $2)
            """, project.Id, id, json, fingerprint) == 1 ? 1L : throw ImmutabilityErrors.AlreadyExists();
    }, ct);

    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: not of this project.</exception>
    public Task DeleteAsync(ProjectScope project, long id, CancellationToken ct) => ChangeAsync(project, async tx =>
        await tx.ExecuteAsync("DELETE FROM immutable_tag_rule WHERE project_id = $1 AND id = $2", project.Id, id) == 1
            ? id
            : throw ImmutabilityErrors.RuleNotFound(id), ct);

    private async Task<long> ChangeAsync(ProjectScope project, Func<Transaction, Task<long>> change, CancellationToken ct)
    {
        var key = ImmutabilityDirectory.Key(project.Id);
        var changed = await db.TransactAsync(async tx =>
        {
            if (await tx.ScalarAsync<bool?>("SELECT deleted FROM project WHERE id = $1 FOR UPDATE", project.Id) != false)
            {
                throw ImmutabilityErrors.ProjectGone(project.Name);
            }

            var result = await change(tx);
            await tx.EvictAsync(key);
            return result;
        }, ct);
        feed.EvictLocally(key);
        return changed;
    }
}
