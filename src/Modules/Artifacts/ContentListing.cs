using Harbor.Modules.Artifacts.Manifests;
using Harbor.Oci;
using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts;

/// <summary>The registry protocol's listings. Each is one indexed query, in ordinal order.</summary>
public sealed class ContentListing
{
    private readonly Database db;
    private readonly RepositoryDirectory repositories;
    private readonly SharedReads<(long RepositoryId, string Last, int Size), NamePage?> tags;
    private readonly SharedReads<(string Last, int Size), NamePage> tagged;

    public ContentListing(Database db, RepositoryDirectory repositories)
    {
        this.db = db;
        this.repositories = repositories;
        tags = new(ReadTagsAsync);
        tagged = new(ReadRepositoriesAsync);
    }

    /// <summary>The <paramref name="size"/> tags after <paramref name="last"/>; null when the repository is unknown or has nothing visible.</summary>
    public async Task<NamePage?> TagsAsync(RepositoryScope scope, string? last, int size, CancellationToken ct) =>
        await repositories.FindIdAsync(scope, ct) is { } repositoryId ? await tags.GetAsync((repositoryId, last ?? string.Empty, size), ct) : null;

    /// <summary>Full names of the repositories after <paramref name="last"/> that have a tag. For callers who may see every one.</summary>
    public Task<NamePage> RepositoriesAsync(string? last, int size, CancellationToken ct) => tagged.GetAsync((last ?? string.Empty, size), ct);

    /// <summary>Whether such a repository exists and has a tag.</summary>
    public async Task<bool> HasTaggedRepositoryAsync(string name, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT EXISTS (SELECT 1 FROM repository WHERE name = $1 AND EXISTS (SELECT 1 FROM tag WHERE tag.repository_id = repository.id))
            """).With(name);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Visible artifacts that belong to a manifest, oldest first.</summary>
    public async Task<IReadOnlyList<Referrer>> ReferrersAsync(RepositoryScope scope, Digest subject, CancellationToken ct)
    {
        if (await repositories.FindIdAsync(scope, ct) is not { } repositoryId)
        {
            return [];
        }

        await using var command = db.Command("""
            SELECT artifact.manifest_media_type, artifact.digest, artifact.manifest_size, artifact.artifact_type, artifact.annotations
            FROM accessory JOIN artifact ON artifact.id = accessory.artifact_id
            WHERE accessory.repository_id = $1 AND accessory.subject_digest = $2 AND artifact.deletion_id IS NULL
            ORDER BY artifact.id
            """).With(repositoryId, subject.ToBytes());
        return await command.ListAsync(row => new Referrer(
            row.GetString(0), Digest.FromBytes(row.GetFieldValue<byte[]>(1)), row.GetInt32(2),
            row.GetString(3) is { Length: > 0 } type ? type : null,
            row.IsDBNull(4) ? null : row.GetString(4)), ct);
    }

    private async Task<NamePage?> ReadTagsAsync((long RepositoryId, string Last, int Size) page)
    {
        await using var command = db.Command("""
            SELECT array(SELECT name FROM tag WHERE repository_id = $1 AND name > $2 ORDER BY name LIMIT $3)
            WHERE EXISTS (SELECT 1 FROM artifact WHERE repository_id = $1 AND deletion_id IS NULL)
            """).With(page.RepositoryId, page.Last, page.Size + 1);
        return await command.ExecuteScalarAsync(CancellationToken.None) is string[] names ? new NamePage(names, page.Size) : null;
    }

    private async Task<NamePage> ReadRepositoriesAsync((string Last, int Size) page)
    {
        await using var command = db.Command("""
            SELECT array(
                SELECT name FROM repository
                WHERE name > $1 AND EXISTS (SELECT 1 FROM tag WHERE tag.repository_id = repository.id)
                ORDER BY name LIMIT $2)
            """).With(page.Last, page.Size + 1);
        return new NamePage((string[])(await command.ExecuteScalarAsync(CancellationToken.None))!, page.Size);
    }
}
