using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts.Additions;
using Harbor.Modules.Immutability;
using Harbor.Oci;
using Harbor.Platform.Data;
using Npgsql;

namespace Harbor.Modules.Artifacts;

/// <summary>Adds to artifacts what stands in other tables: one statement per kind, however many artifacts, and all of them in one round trip.</summary>
internal sealed class ArtifactDetails(Database db, ImmutabilityDirectory immutability)
{
    /// <summary>More tags of one artifact than anybody reads; the list of its tags has them all, page by page.</summary>
    public const int MaxTagsShown = 1000;

    public async Task<IReadOnlyList<ArtifactDto>> AddAsync(ProjectScope project, IReadOnlyList<ArtifactDto> artifacts, ArtifactDetail detail, CancellationToken ct)
    {
        if (artifacts.Count == 0)
        {
            return [];
        }

        var ids = artifacts.Select(artifact => artifact.Id).ToArray();
        var indexes = artifacts.Where(artifact => MediaTypes.IsIndex(artifact.ManifestMediaType)).Select(artifact => artifact.Id).ToArray();
        var rules = detail is { Tags: true, ImmutableStatus: true } ? await immutability.OfAsync(project, ct) : ImmutabilityRules.None;
        List<(string, object?[])> statements = [];
        Want(indexes.Length > 0, ReferencesOf, indexes);
        Want(detail.Tags, TagsOf, ids, MaxTagsShown);
        Want(detail.Labels, LabelsOf, ids);
        Want(detail.Accessories, OwnAccessories, ids);
        Want(detail.InheritedAccessories, InheritedAccessories, ids);
        await using var batch = db.Batch(statements);
        await using var reader = statements.Count > 0 ? await batch.ExecuteReaderAsync(ct) : null;

        // In the order in which they were asked for.
        var references = indexes.Length > 0 ? await TakeAsync(ArtifactReferences.Read, reference => reference.ParentId) : null;
        var tags = detail.Tags ? await TakeAsync(TagListing.Read, tag => tag.ArtifactId) : null;
        var labels = detail.Labels ? await TakeOwnedAsync(row => Labels.Labels.Read(row, 1)) : null;
        var accessories = detail.Accessories ? await TakeOwnedAsync(row => AccessoryListing.Read(row, 1)) : null;
        var inherited = detail.InheritedAccessories ? await TakeOwnedAsync(row => AccessoryListing.Read(row, 1)) : null;
        return [.. artifacts.Select(artifact => artifact with
        {
            References = ListOrNull(references?[artifact.Id]),
            Tags = ListOrNull(Judged(tags?[artifact.Id], artifact, rules)),
            Labels = ListOrNull(labels?[artifact.Id]),
            Accessories = ListOrNull(accessories?[artifact.Id]),
            InheritedAccessories = ListOrNull(inherited?[artifact.Id]),
            AdditionLinks = AdditionNames.LinksOf(artifact),
        })];

        void Want(bool isWanted, string sql, params object?[] values)
        {
            if (isWanted)
            {
                statements.Add((sql, values));
            }
        }

        async Task<ILookup<long, T>> TakeAsync<T>(Func<NpgsqlDataReader, T> read, Func<T, long> owner) => (await reader!.TakeAsync(read, ct)).ToLookup(owner);

        async Task<ILookup<long, T>> TakeOwnedAsync<T>(Func<NpgsqlDataReader, T> read) =>
            (await reader!.TakeAsync(row => (Owner: row.GetInt64(0), Value: read(row)), ct)).ToLookup(each => each.Owner, each => each.Value);
    }

    private const string ReferencesOf = """
        SELECT part.parent_id, part.child_id, child.digest, part.platform::text, part.urls::text, part.annotations::text
        FROM artifact_reference part JOIN artifact child ON child.id = part.child_id
        WHERE part.parent_id = ANY($1) ORDER BY part.id
        """;

    private const string TagsOf = """
        SELECT tag.id, tag.repository_id, tag.artifact_id, tag.name, tag.push_time, tag.pull_time
        FROM unnest($1::bigint[]) AS shown (id) CROSS JOIN LATERAL (
            SELECT * FROM tag WHERE tag.artifact_id = shown.id ORDER BY tag.push_time DESC, tag.id DESC LIMIT $2) AS tag
        """;

    private const string LabelsOf = $"""
        SELECT artifact_label.artifact_id, {Labels.Labels.Fields} FROM artifact_label JOIN label ON label.id = artifact_label.label_id
        WHERE artifact_label.artifact_id = ANY($1) ORDER BY label.id
        """;

    private const string AccessoryFields = """
        shown.id, accessory.artifact_id, subject.id, accessory.subject_digest, repository.name, mine.size, mine.digest, accessory.type, accessory.creation_time
        """;

    private const string OwnAccessories = $"""
        SELECT {AccessoryFields}
        FROM artifact shown JOIN artifact subject ON subject.id = shown.id
        JOIN accessory ON accessory.repository_id = subject.repository_id AND accessory.subject_digest = subject.digest
        JOIN artifact mine ON mine.id = accessory.artifact_id AND mine.deletion_id IS NULL
        JOIN repository ON repository.id = subject.repository_id
        WHERE shown.id = ANY($1) ORDER BY accessory.artifact_id
        """;

    // What is signed as a whole vouches for its parts, unless a part is signed itself.
    private const string InheritedAccessories = $"""
        SELECT {AccessoryFields}
        FROM artifact shown JOIN artifact_reference part ON part.child_id = shown.id
        JOIN artifact subject ON subject.id = part.parent_id AND subject.deletion_id IS NULL
        JOIN accessory ON accessory.repository_id = subject.repository_id AND accessory.subject_digest = subject.digest
            AND accessory.type IN ('signature.cosign', 'signature.notation')
        JOIN artifact mine ON mine.id = accessory.artifact_id AND mine.deletion_id IS NULL
        JOIN repository ON repository.id = subject.repository_id
        WHERE shown.id = ANY($1) AND NOT EXISTS (
            SELECT 1 FROM accessory own JOIN artifact signature ON signature.id = own.artifact_id AND signature.deletion_id IS NULL
            WHERE own.repository_id = shown.repository_id AND own.subject_digest = shown.digest AND own.type IN ('signature.cosign', 'signature.notation'))
        ORDER BY accessory.artifact_id
        """;

    private static IEnumerable<TagDto>? Judged(IEnumerable<TagDto>? tags, ArtifactDto artifact, ImmutabilityRules rules) =>
        tags is not null && !rules.IsEmpty && RepositoryName.TryParse(artifact.RepositoryName, out var repository)
            ? tags.Select(tag => tag with { Immutable = rules.Cover(repository, tag.Name) })
            : tags;

    private static T[]? ListOrNull<T>(IEnumerable<T>? items) => items?.ToArray() is { Length: > 0 } some ? some : null;
}
