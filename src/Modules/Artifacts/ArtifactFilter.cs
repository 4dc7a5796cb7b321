using System.Globalization;
using Harbor.Oci;
using Harbor.Platform.Http.Listing;

namespace Harbor.Modules.Artifacts;

/// <summary>What <c>q</c> and <c>sort</c> mean for lists of artifacts.</summary>
internal sealed class ArtifactFilter
{
    private const string Tags = "tags";
    private const string Labels = "labels";
    private const string Base = "base";
    private const string DigestKey = "digest";
    private const string MediaType = "media_type";
    private const string ArtifactType = "artifact_type";

    private static readonly SqlColumns Columns = new(
        ("id", ColumnKind.Number, "a.id"),
        ("repository_id", ColumnKind.Number, "a.repository_id"),
        ("repository_name", ColumnKind.Text, "r.name"),
        ("project_id", ColumnKind.Number, "r.project_id"),
        ("type", ColumnKind.Text, "a.type"),
        ("media_type", ColumnKind.Text, "a.media_type"),
        ("manifest_media_type", ColumnKind.Text, "a.manifest_media_type"),
        ("artifact_type", ColumnKind.Text, "a.artifact_type"),
        ("digest", ColumnKind.Text, ArtifactSql.DigestText("a.digest")),
        ("size", ColumnKind.Number, "a.size"),
        ("push_time", ColumnKind.Time, "a.push_time"),
        ("pull_time", ColumnKind.Time, "a.pull_time"));

    private readonly FilterQuery q;

    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: a condition has a form that its key does not take.</exception>
    public ArtifactFilter(FilterQuery q)
    {
        this.q = q;
        if (q.Find(Base) is { } children && children is not { Operator: FilterOperator.Equal, Value: "*" })
        {
            throw Unsupported(Base);
        }

        if (q.Find(Tags) is { Operator: not (FilterOperator.Equal or FilterOperator.Contains) })
        {
            throw Unsupported(Tags);
        }

        if (q.Find(Labels) is { } labels && !(labels.Operator == FilterOperator.AllOf && labels.Values.All(id => long.TryParse(id, CultureInfo.InvariantCulture, out _))))
        {
            throw Unsupported(Labels);
        }
    }

    /// <summary>The one media type or artifact type that is asked for, and its column; null when it is none, or both.</summary>
    public (string Column, string Type)? SingleType => (q.Find(MediaType), q.Find(ArtifactType)) switch
    {
        ({ Operator: FilterOperator.Equal } media, null) => (MediaType, media.Value),
        (null, { Operator: FilterOperator.Equal } artifact) => (ArtifactType, artifact.Value),
        _ => null,
    };

    /// <summary>Adds the conditions, the first one without AND before it.</summary>
    public void Append(SqlText sql)
    {
        sql.Append(q.Find(Base) is null ? ArtifactSql.IsListed : $"a.deletion_id IS NULL AND NOT {ArtifactSql.IsAccessory}");
        AppendTags(sql);
        if (q.Find(Labels) is { Values.Count: > 0 } labels)
        {
            var ids = labels.Values.Select(id => long.Parse(id, CultureInfo.InvariantCulture)).Distinct().ToArray();
            sql.Append(" AND (SELECT count(*) FROM artifact_label WHERE artifact_label.artifact_id = a.id AND artifact_label.label_id = ANY(").Parameter(ids)
                .Append(")) = ").Parameter(ids.LongLength);
        }

        var rest = q.Without(Base, Tags, Labels);
        if (rest.Find(DigestKey) is { Operator: FilterOperator.Equal } digest)
        {
            // By the stored bytes, which are indexed. What is no digest is nobody's.
            sql.Append(" AND a.digest = ").Parameter(Digest.TryParse(digest.Value, out var parsed) ? parsed.ToBytes() : []);
            rest = rest.Without(DigestKey);
        }

        Columns.AppendFilter(sql, rest);
    }

    public static void AppendSort(SqlText sql, SortQuery sort) => Columns.AppendSort(sql, sort, "a.push_time DESC", "a.id DESC");

    private void AppendTags(SqlText sql)
    {
        switch (q.Find(Tags))
        {
            case { Operator: FilterOperator.Equal, Value: "*" }:
                sql.Append($" AND {ArtifactSql.IsTagged}");
                break;
            case { Operator: FilterOperator.Equal, Value: "nil" }:
                sql.Append($" AND NOT {ArtifactSql.IsTagged}");
                break;
            case { Operator: FilterOperator.Equal } exact:
                sql.Append(" AND a.id IN (SELECT tag.artifact_id FROM tag WHERE tag.repository_id = a.repository_id AND tag.name = ").Parameter(exact.Value).Append(")");
                break;
            case { Operator: FilterOperator.Contains } part:
                sql.Append(" AND EXISTS (SELECT 1 FROM tag WHERE tag.artifact_id = a.id AND strpos(tag.name, ").Parameter(part.Value).Append(") > 0)");
                break;
        }
    }

    private static RegistryException Unsupported(string key) => new(ErrorCode.BadRequest, $"invalid query: {key} does not take a value of this form");
}
