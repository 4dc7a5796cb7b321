using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Artifacts.Collection;
using Harbor.Modules.Artifacts.Deletion;
using Harbor.Modules.Artifacts.Manifests;
using Harbor.Modules.Artifacts.Trash;
using Harbor.Modules.Artifacts.Uploads;
using Harbor.Oci;
using Harbor.Platform;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;
using Harbor.Platform.Settings;
using Harbor.Storage;
using Harbor.Storage.FileSystem;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Win32.SafeHandles;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Content;

/// <summary>The content store alone, without HTTP: its own database and directory, and pause points in the test's hand.</summary>
internal sealed class ContentHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly ServiceProvider services;
    private readonly TemporaryDirectory folder;
    private readonly bool ownsDatabase;
    private readonly ConcurrentDictionary<string, bool> unmatched = new(StringComparer.Ordinal);

    private ContentHost(ServiceProvider services, TestDatabase database, TemporaryDirectory folder, bool ownsDatabase)
    {
        (this.services, this.folder, this.ownsDatabase) = (services, folder, ownsDatabase);
        Testing = database;
        Audit = new ContentAudit(database.ConnectionString, StorageDirectory);
    }

    public static TimeSpan Grace { get; } = TimeSpan.FromHours(2);

    /// <summary>The database as tests reach it, by its own way.</summary>
    public TestDatabase Testing { get; }

    public HoldingPoints Points => (HoldingPoints)Get<PausePoints>();

    public ContentAudit Audit { get; }

    public Database Database => Get<Database>();

    public Uploads Uploads => Get<Uploads>();

    public Blobs Blobs => Get<Blobs>();

    public Manifests Manifests => Get<Manifests>();

    public ManifestPush Pushes => Get<ManifestPush>();

    public ArtifactDeletion Deletions => Get<ArtifactDeletion>();

    public ContentListing Listing => Get<ContentListing>();

    public Eraser Eraser => Get<Eraser>();

    public GarbageCollector Collector => Get<GarbageCollector>();

    public ContentUpkeep Upkeep => Get<ContentUpkeep>();

    public ChangeFeed Feed => Get<ChangeFeed>();

    public string StorageDirectory => Get<HarborOptions>().StorageDirectory;

    /// <param name="changes">Replaces services.</param>
    /// <param name="listens">Whether it hears changes, without which nothing is cached.</param>
    public static async Task<ContentHost> StartAsync(Action<IServiceCollection>? changes = null, bool listens = false)
    {
        var database = await TestDatabase.CreateAsync();
        return await StartAsync(database, new TemporaryDirectory(inMemory: true), ownsDatabase: true, changes, listens);
    }

    /// <summary>A second process's worth of services on the same rows and bytes. End it before this one.</summary>
    public Task<ContentHost> ReplicaAsync(Action<IServiceCollection>? changes = null, bool listens = false) =>
        StartAsync(Testing, folder, ownsDatabase: false, changes, listens);

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>From now on, statements are changed on their way to the database.</summary>
    /// <remarks>When no statement had this part, the test that asked for it fails: it would have shown nothing.</remarks>
    public void Rewrite(string part, string by)
    {
        var before = Database.Rewrite;
        unmatched[part] = true;
        Database.Rewrite = sql =>
        {
            var changed = before?.Invoke(sql) ?? sql;
            if (!changed.Contains(part, StringComparison.Ordinal))
            {
                return changed;
            }

            unmatched.TryRemove(part, out _);
            return changed.Replace(part, by, StringComparison.Ordinal);
        };
    }

    /// <summary>Takes the foreign keys out, which are the last defence behind the locks.</summary>
    public Task DropForeignKeysAsync() => Testing.QueryAsync("""
        DO $$ DECLARE k record; BEGIN
            FOR k IN SELECT conrelid::regclass AS owner, conname FROM pg_constraint WHERE contype = 'f' AND confrelid IN ('blob'::regclass, 'artifact'::regclass) LOOP
                EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.owner, k.conname);
            END LOOP;
        END $$
        """);

    public async Task<RepositoryScope> RepositoryAsync(string name = "library/web")
    {
        Assert.True(RepositoryName.TryParse(name, out var parsed));
        var id = (long)(await Testing.QueryAsync($"SELECT id FROM project WHERE name = '{parsed.Project}'"))!;
        var project = new ProjectInfo(id, parsed.Project, true, DateTimeOffset.UnixEpoch);
        return (await RepositoryScope.AuthorizeAsync(new Anybody(), project, parsed, AccessAction.Push, CancellationToken.None))!;
    }

    /// <summary>Makes a project and answers its number.</summary>
    public async Task<long> ProjectAsync(string name) => (long)(await Testing.QueryAsync($"""
        WITH made AS (INSERT INTO project (name, owner_id) VALUES ('{name}', 1) RETURNING id)
        INSERT INTO quota (project_id) SELECT id FROM made RETURNING project_id
        """))!;

    public async Task<Digest> UploadAsync(RepositoryScope repository, byte[] content)
    {
        var digest = Digest.Of(content);
        await Uploads.PutAsync(repository, digest, Body(content), CancellationToken.None);
        return digest;
    }

    public async Task<TestManifest> PushAsync(RepositoryScope repository, TestManifest manifest, params string[] tags)
    {
        await Pushes.PushAsync(repository, manifest.Content, manifest.MediaType, manifest.Digest, [.. tags.Select(TagOf)], CancellationToken.None);
        return manifest;
    }

    /// <summary>Uploads what an image needs, then the image.</summary>
    public async Task<TestManifest> PushImageAsync(RepositoryScope repository, TestImage image, params string[] tags)
    {
        foreach (var blob in image.Blobs)
        {
            await UploadAsync(repository, blob);
        }

        return await PushAsync(repository, image.Manifest, tags);
    }

    public Task DeleteAsync(RepositoryScope repository, TestManifest manifest) =>
        Deletions.DeleteAsync(repository, manifest.Digest, "test", CancellationToken.None);

    /// <summary>Number of the newest deletion.</summary>
    public async Task<long> LastDeletionAsync() => (long)(await Testing.QueryAsync("SELECT max(id) FROM deletion"))!;

    /// <summary>Takes back a deletion in the repository's project.</summary>
    public async Task<RestoredDto> RestoreAsync(RepositoryScope repository, long deletion)
    {
        var project = await ProjectScope.FindAsync(repository.Caller, repository.Project, Resource.Artifact, AccessAction.Create, CancellationToken.None);
        return await Get<Restoration>().RestoreAsync(project!, deletion, CancellationToken.None);
    }

    /// <summary>A whole round of the collector.</summary>
    public Task<Collected> CollectAsync() => Collector.RunAsync(CancellationToken.None);

    public Task DeleteBlobAsync(RepositoryScope repository, Digest digest) => Blobs.DeleteAsync(repository, digest, CancellationToken.None);

    public async Task<byte[]?> ReadAsync(RepositoryScope repository, Digest digest)
    {
        if (await Blobs.FindAsync(repository, digest, CancellationToken.None) is not { } blob)
        {
            return null;
        }

        using var source = await Blobs.OpenAsync(repository, blob, CancellationToken.None);
        return source is null ? null : await ReadAsync(source, 0);
    }

    public static async Task<byte[]> ReadAsync(BlobSource source, long offset)
    {
        var content = new MemoryStream();
        var buffer = new byte[64 << 10];
        int count;
        while ((count = await source.ReadAsync(buffer, offset + content.Length, CancellationToken.None)) > 0)
        {
            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }

    public static PipeReader Body(byte[] content) => PipeReader.Create(new ReadOnlySequence<byte>(content));

    /// <summary>True when somebody waits for a row's lock; false when <paramref name="task"/> ends instead.</summary>
    public async Task<bool> WaitsAsync(Task task)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Testing.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var look = new NpgsqlCommand("""
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event IN ('transactionid', 'tuple')
            """, connection);
        using var patience = new CancellationTokenSource(Patience);
        while (!task.IsCompleted)
        {
            if ((long)(await look.ExecuteScalarAsync(patience.Token))! > 0)
            {
                return true;
            }

            await Task.WhenAny(task, Task.Delay(Glance, patience.Token));
        }

        return false;
    }

    /// <summary>Waits until what is cached may be used.</summary>
    public async Task HearsAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!Feed.IsCurrent)
        {
            await Task.Delay(Glance, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Feed.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
        if (ownsDatabase)
        {
            await Testing.DisposeAsync();
            folder.Dispose();
        }

        Assert.True(unmatched.IsEmpty, $"No statement had what the test would have rewritten: {string.Join("; ", unmatched.Keys)}");
    }

    private static async Task<ContentHost> StartAsync(
        TestDatabase database, TemporaryDirectory folder, bool ownsDatabase, Action<IServiceCollection>? changes, bool listens)
    {
        var options = new HarborOptions { DataDirectory = folder.Path, GarbageGrace = Grace };
        DataDirectory.Prepare(options);
        var address = new Secret(database.ConnectionString);
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddPlatform(options, new DatabaseAddress(address, address));
        collection.AddContent();
        collection.AddSingleton<PausePoints>(new HoldingPoints());
        collection.AddSingleton<PosixFiles, UnsyncedFiles>();
        changes?.Invoke(collection);
        var host = new ContentHost(collection.BuildServiceProvider(), database, folder, ownsDatabase);
        database.Serves(host.Get<NpgsqlDataSource>());
        await host.Get<InstanceMarker>().EnsureAsync(CancellationToken.None);
        if (listens)
        {
            await host.Feed.StartAsync(CancellationToken.None);
            await host.HearsAsync();
        }

        return host;
    }

    private static Tag TagOf(string text) => Tag.TryParse(text, out var tag) ? tag : throw new ArgumentException($"{text} is no tag", nameof(text));

    // Nothing here loses power; the tests of durability sync.
    private sealed class UnsyncedFiles : PosixFiles
    {
        public override void Sync(SafeFileHandle file, string path)
        {
        }

        public override void SyncDirectory(string path)
        {
        }
    }

    private sealed class Anybody : SecurityContext
    {
        public override string Name => "anybody";

        public override bool IsAuthenticated => true;

        public override bool Can(Resource resource, AccessAction action) => true;

        public override ValueTask<bool> CanAsync(ProjectInfo project, Resource resource, AccessAction action, CancellationToken ct) => ValueTask.FromResult(true);
    }
}
