using Harbor.Contracts;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Modules.Quotas;

/// <summary>Shows quotas; one whose project is deleted is not there.</summary>
internal sealed class QuotaListing(Database db)
{
    private const string ProjectKind = "project";

    private const string Fields = "q.id, q.hard, q.used, q.creation_time, q.update_time, p.id, p.name, u.username";

    private const string From = """
        FROM quota q JOIN project p ON p.id = q.project_id JOIN harbor_user u ON u.id = p.owner_id WHERE NOT p.deleted
        """;

    // No limit is more than any limit.
    private static readonly SqlColumns Columns = new(
        ("creation_time", ColumnKind.Time, "q.creation_time"),
        ("update_time", ColumnKind.Time, "q.update_time"),
        ("hard.storage", ColumnKind.Number, $"(CASE WHEN q.hard = {ProjectQuotas.Unlimited} THEN {long.MaxValue} ELSE q.hard END)"),
        ("used.storage", ColumnKind.Number, "q.used"));

    public async Task<Page<QuotaDto>> ListAsync(QuotaListParameters about, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        var rows = Select(Fields, about);
        Columns.AppendSort(rows, sort, "q.creation_time DESC", "q.id DESC");
        return await SqlPages.ReadAsync(db, rows, Select("count(*)", about), page, Read, ct);
    }

    public async Task<QuotaDto?> FindAsync(long id, CancellationToken ct)
    {
        await using var command = db.Command($"SELECT {Fields} {From} AND q.id = $1").With(id);
        return await command.FindAsync(Read, ct);
    }

    private static SqlText Select(string what, QuotaListParameters about)
    {
        var sql = new SqlText($"SELECT {what} {From}");
        if (about.Reference is { Length: > 0 } kind && kind != ProjectKind)
        {
            sql.Append(" AND false");
        }

        // As text: what is no number is nobody's id, and no error.
        return about.ReferenceId is { Length: > 0 } id ? sql.Append(" AND q.project_id::text = ").Parameter(id) : sql;
    }

    private static QuotaDto Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Hard = QuotaLimits.Show(row.GetInt64(1)),
        Used = QuotaLimits.Show(row.GetInt64(2)),
        CreationTime = row.GetFieldValue<DateTimeOffset>(3),
        UpdateTime = row.GetFieldValue<DateTimeOffset>(4),
        Ref = new QuotaReferenceDto { Id = row.GetInt64(5), Name = row.GetString(6), OwnerName = row.GetString(7) },
    };
}
