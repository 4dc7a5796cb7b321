using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Modules.Labels;

/// <summary>Words to put on artifacts: who may see them and change them is decided by the level that they belong to.</summary>
public sealed class Labels(Database db)
{
    /// <summary>SQL: what <see cref="Read"/> wants to know of <c>label</c>.</summary>
    public const string Fields = "label.id, label.project_id, label.name, label.description, label.color, label.creation_time, label.update_time";

    private static readonly SqlColumns Columns = new(
        ("id", ColumnKind.Number, "label.id"),
        ("name", ColumnKind.Text, "label.name"),
        ("description", ColumnKind.Text, "label.description"),
        ("color", ColumnKind.Text, "label.color"),
        ("creation_time", ColumnKind.Time, "label.creation_time"),
        ("update_time", ColumnKind.Time, "label.update_time"));

    /// <summary>Columns from <paramref name="first"/> on, as <see cref="Fields"/> names them.</summary>
    public static LabelDto Read(NpgsqlDataReader row, int first)
    {
        var isGlobal = row.IsDBNull(first + 1);
        return new LabelDto
        {
            Id = row.GetInt64(first),
            ProjectId = isGlobal ? 0 : row.GetInt64(first + 1),
            Scope = isGlobal ? "g" : "p",
            Name = row.GetString(first + 2),
            Description = row.GetString(first + 3),
            Color = row.GetString(first + 4),
            CreationTime = row.GetFieldValue<DateTimeOffset>(first + 5),
            UpdateTime = row.GetFieldValue<DateTimeOffset>(first + 6),
        };
    }

    /// <summary>Holds a label that artifacts of a project may carry: one of the system, or the project's own.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>.</exception>
    public static async Task HoldAsync(Transaction tx, ProjectInfo project, long id)
    {
        var held = await tx.ListAsync(
            "SELECT id FROM label WHERE id = $1 AND (project_id IS NULL OR project_id = $2) FOR KEY SHARE", row => row.GetInt64(0), id, project.Id);
        if (held.Count == 0)
        {
            throw LabelErrors.NotFound(id);
        }
    }

    internal Task<Page<LabelDto>> ListAsync(LabelLevel level, FilterQuery q, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        var rows = Select(Fields);
        Columns.AppendSort(rows, sort, "label.id", "label.id");
        return SqlPages.ReadAsync(db, rows, Select("count(*)"), page, row => Read(row, 0), ct);

        SqlText Select(string what)
        {
            var sql = new SqlText($"SELECT {what} FROM label WHERE label.project_id IS NOT DISTINCT FROM ").Parameter(IdOf(level));
            Columns.AppendFilter(sql, q);
            return sql;
        }
    }

    /// <summary>A label of the system or of a project that is there; whether the caller may see it is not yet decided.</summary>
    internal async Task<LabelDto?> FindAsync(long id, CancellationToken ct)
    {
        await using var command = db.Command($"""
            SELECT {Fields} FROM label LEFT JOIN project ON project.id = label.project_id WHERE label.id = $1 AND project.deleted IS NOT TRUE
            """).With(id);
        return await command.FindAsync(row => Read(row, 0), ct);
    }

    /// <exception cref="Oci.RegistryException"><c>CONFLICT</c>: the level has one of this name. <c>NOT_FOUND</c>: the project was deleted meanwhile.</exception>
    internal Task<long> AddAsync(LabelLevel level, LabelText text, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        if (level.Project is { } project && await tx.ScalarAsync<bool?>("SELECT deleted FROM project WHERE id = $1 FOR KEY SHARE", project.Id) != false)
        {
            throw LabelErrors.ProjectGone(project.Name);
        }

        return await tx.ScalarAsync<long?>("""
            INSERT INTO label (project_id, name, description, color, creation_time, update_time) VALUES ($1, $2, $3, $4, harbor_now(), harbor_now())
            ON CONFLICT DO NOTHING RETURNING id
            """, IdOf(level), text.Name, text.Description, text.Color) ?? throw LabelErrors.AlreadyExists(text.Name);
    }, ct);

    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: not on this level; <c>CONFLICT</c>: another one has this name.</exception>
    internal async Task UpdateAsync(LabelLevel level, long id, LabelText text, CancellationToken ct)
    {
        await using var command = db.Command("""
            UPDATE label SET name = $3, description = $4, color = $5, update_time = harbor_now() WHERE id = $1 AND project_id IS NOT DISTINCT FROM $2
            """).With(id, IdOf(level), text.Name, text.Description, text.Color);
        try
        {
            if (await command.ExecuteNonQueryAsync(ct) == 0)
            {
                throw LabelErrors.NotFound(id);
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw LabelErrors.AlreadyExists(text.Name);
        }
    }

    /// <summary>Takes it off every artifact, too.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: not on this level.</exception>
    internal async Task DeleteAsync(LabelLevel level, long id, CancellationToken ct)
    {
        await using var command = db.Command("DELETE FROM label WHERE id = $1 AND project_id IS NOT DISTINCT FROM $2").With(id, IdOf(level));
        if (await command.ExecuteNonQueryAsync(ct) == 0)
        {
            throw LabelErrors.NotFound(id);
        }
    }

    private static NpgsqlParameter IdOf(LabelLevel level) => new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint, Value = (object?)level.Project?.Id ?? DBNull.Value };
}
