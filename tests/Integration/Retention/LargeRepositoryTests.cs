using System.Diagnostics;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Retention;

/// <summary>A repository of ten thousand tags is pruned at once, in a handful of statements.</summary>
public sealed class LargeRepositoryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Images = 10_000;
    private const int Kept = 100;

    // Far more than it takes: see bench/results. A loop over artifacts takes longer than this.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync(new TestHarborOptions { GarbageGrace = TimeSpan.Zero });

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task Ten_thousand_tags_are_judged_and_deleted_in_seconds()
    {
        var project = await RetentionProject.CreateAsync(harbor);
        await SeedAsync(project);
        await project.KeepNewestAsync(Kept);
        var began = Stopwatch.GetTimestamp();

        var run = await project.RunAsync();

        var took = Stopwatch.GetElapsedTime(began);
        output.WriteLine($"{Images} images, {Images - Kept} deleted: {took.TotalSeconds:0.0} s");
        Assert.Equal($"web {Images}/{Kept} Success", await project.SumsAsync(run));
        Assert.InRange(took, TimeSpan.Zero, Longest);
        Assert.Equal($"{Kept} 1", await harbor.Database.QueryAsync("SELECT (SELECT count(*) FROM tag) || ' ' || (SELECT count(*) FROM deletion)"));
        Assert.Equal((Kept * 1400L) + 1_000_000, await harbor.Database.QueryAsync($"SELECT used FROM quota WHERE project_id = {project.Id}"));
        Assert.Equal((Images - Kept) * 1L, await harbor.Database.QueryAsync("SELECT count(*) FROM repository_blob WHERE uses = 0"));
    }

    // Each image has a config of its own (1,000 bytes), a manifest (400) and a layer that all share (1,000,000).
    private Task SeedAsync(RetentionProject project) => harbor.Database.QueryAsync($$"""
        INSERT INTO repository (project_id, name, creation_time, update_time) VALUES ({{project.Id}}, '{{project.Name}}/web', now(), now());
        INSERT INTO blob (digest, size, location, pushed_at) SELECT '\x01'::bytea || sha256(('b' || n)::bytea), CASE n WHEN 0 THEN 1000000 ELSE 1000 END, 'nowhere/' || n, now() FROM generate_series(0, {{Images}}) AS n;
        INSERT INTO artifact (repository_id, digest, manifest_media_type, media_type, artifact_type, type, size, manifest_size, push_time, touched_at)
            SELECT r.id, '\x01'::bytea || sha256(('a' || n)::bytea), 'application/vnd.oci.image.manifest.v1+json', '', '', 'IMAGE', 1001400, 400,
                now() - interval '1 day' + make_interval(secs => n), now() - interval '1 day' FROM repository r, generate_series(1, {{Images}}) AS n ORDER BY n;
        INSERT INTO manifest (artifact_id, content) SELECT id, '{}' FROM artifact;
        INSERT INTO artifact_blob (artifact_id, blob_id, media_type) SELECT a.id, b.id, '' FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM artifact) a
            JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM blob) b ON b.n IN (0, a.n);
        INSERT INTO tag (repository_id, name, artifact_id, push_time) SELECT repository_id, 'v' || id, id, push_time FROM artifact;
        INSERT INTO repository_blob (repository_id, blob_id, uses, charged, linked_at) SELECT r.id, b.blob_id, count(*), true, now() FROM repository r, artifact_blob b GROUP BY 1, 2;
        INSERT INTO project_blob (project_id, digest, size, count) SELECT {{project.Id}}, digest, size, 1 FROM blob UNION ALL SELECT {{project.Id}}, digest, 400, 1 FROM artifact;
        UPDATE quota SET used = (SELECT sum(size) FROM project_blob) WHERE project_id = {{project.Id}};
        ANALYZE
        """);
}
