using System.Net;
using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Quotas;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Quotas;

/// <summary>A recount finds what is wrong and makes it right, while pushes go on.</summary>
public sealed class QuotaRecountTests : IAsyncLifetime
{
    private static readonly TestImage Old = TestImage.Of("old", TestImage.Bytes(1), TestImage.Bytes(2));
    private static readonly byte[] Fresh = TestImage.Bytes(3);

    private ContentHost host = null!;
    private RepositoryScope web = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync(services => services.AddQuotas().AddSingleton<IHeldContent, HeldContents>());
        web = await host.RepositoryAsync();
        await host.PushImageAsync(web, Old, "old");
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("UPDATE quota SET used = used + 7")]
    [InlineData("UPDATE quota SET used = 0")]
    [InlineData("UPDATE project_blob SET count = count + 1")]
    [InlineData("UPDATE project_blob SET size = size + 1")]
    [InlineData("DELETE FROM project_blob")]
    [InlineData("UPDATE quota SET used = 0; DELETE FROM project_blob")]
    [InlineData("INSERT INTO project_blob (project_id, digest, size, count) VALUES (1, '\\x0102', 500, 1)")]
    [InlineData("INSERT INTO project_blob (project_id, digest, size, count) SELECT 1, int4send(n), 10, 1 FROM generate_series(1, 2500) AS n")]
    public async Task What_was_counted_wrong_is_right_afterwards(string damage)
    {
        await host.Testing.QueryAsync(damage);
        Assert.NotEmpty(await host.Audit.FindAsync());

        await RecountAsync();

        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_recount_of_what_is_right_changes_nothing()
    {
        var before = await host.Testing.QueryAsync("SELECT string_agg(quota::text, ' ' ORDER BY id) FROM quota");

        await RecountAsync();

        Assert.Equal(before, await host.Testing.QueryAsync("SELECT string_agg(quota::text, ' ' ORDER BY id) FROM quota"));
    }

    [Fact]
    public async Task It_waits_for_a_push_that_is_being_charged()
    {
        await RecountBesideAsync("blob.settled", Fresh);

        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_sum_of_what_was_there_before_it_waited_would_be_wrong()
    {
        host.Rewrite("SELECT 1 FROM quota WHERE project_id = $1 FOR UPDATE", "SELECT 1 FROM quota WHERE project_id = $1");

        await RecountBesideAsync("blob.settled", Fresh);

        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("by its quota and", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_push_that_is_not_charged_yet_is_charged_once()
    {
        await RecountBesideAsync("blob.linked", Fresh);

        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_digest_that_is_counted_wrong_is_mended_beside_a_push_of_the_same_digest()
    {
        await host.Testing.QueryAsync("UPDATE project_blob SET count = count + 1");

        await RecountBesideAsync("blob.linked", Old.Layers[0]);

        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Holders_counted_before_their_row_was_held_would_be_wrong()
    {
        await host.Testing.QueryAsync("UPDATE project_blob SET count = count + 1");
        host.Rewrite(
            "SELECT digest, size FROM project_blob WHERE project_id = $1 AND digest = ANY($2) ORDER BY digest FOR UPDATE",
            "SELECT digest, size FROM project_blob WHERE project_id = $1 AND digest = ANY($2)");

        await RecountBesideAsync("blob.linked", Old.Layers[0]);

        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("counts 1 times what 2 hold", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pushes_and_deletes_go_on_while_quotas_are_recounted_over_and_over()
    {
        await host.Testing.QueryAsync("UPDATE project_blob SET count = count + 1; UPDATE quota SET used = used + 999");
        var working = Task.WhenAll(Enumerable.Range(0, 4).Select(async worker =>
        {
            var repository = await host.RepositoryAsync($"library/r{worker % 2}");
            for (var round = 0; round < 8; round++)
            {
                var image = TestImage.Of($"{worker}-{round}", TestImage.Bytes(round % 3, 3000), TestImage.Bytes((worker * 100) + round, 3000));
                await host.PushImageAsync(repository, image, $"t{worker}");
                if (round % 2 == 1)
                {
                    await host.DeleteAsync(repository, image.Manifest);
                }
            }
        }));
        while (!working.IsCompleted)
        {
            await RecountAsync();
        }

        await working;
        await RecountAsync();
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task It_is_for_system_administrators_and_only_while_limits_are_enforced()
    {
        await using var world = await QuotaWorld.StartAsync(1_000_000);
        await world.PushAsync("web", Old, "v1");
        var used = (await world.ReadAsync()).Used;
        await world.Harbor.Database.QueryAsync("UPDATE quota SET used = used + 5");
        var (_, _, user) = await new ApiFixture(world.Harbor).UserAsync();

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized), ((await world.RecountAsync(user)).Status, (await world.RecountAsync(world.Harbor.Anonymous)).Status));
        Assert.Equal(used + 5, (await world.ReadAsync()).Used);
        Assert.Equal((HttpStatusCode.OK, ""), await world.RecountAsync());
        Assert.Equal(used, (await world.ReadAsync()).Used);
        Assert.Contains(world.Harbor.Logs.Entries, entry => entry.Message == "The quotas of 2 projects were recounted; 2 were corrected.");
        Assert.Empty(await world.Audit.FindAsync());

        await using var off = await QuotaWorld.StartAsync(enforced: false);
        var (status, body) = await off.RecountAsync();
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("quota per project is disabled", body, StringComparison.Ordinal);
    }

    private Task RecountAsync() => host.Get<QuotaRecount>().RunAsync(CancellationToken.None);

    /// <summary>A blob is pushed to another repository and held at a point; the recount runs, or waits; then both end.</summary>
    private async Task RecountBesideAsync(string point, byte[] blob)
    {
        var other = await host.RepositoryAsync("library/other");
        await host.Testing.QueryAsync("UPDATE quota SET used = used + 7");
        var reached = host.Points.HoldAt(point);
        var pushing = host.UploadAsync(other, blob);
        await reached.ReachedAsync();
        var recounting = RecountAsync();
        await host.WaitsAsync(recounting);
        reached.Release();
        await pushing;
        await recounting;
    }
}
