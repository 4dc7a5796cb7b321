using System.Net;
using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Oci;
using Xunit;

namespace Harbor.Integration.Quotas;

/// <summary>Whatever clients do at once, a project never holds more than its limit, and what it is said to use is what it holds.</summary>
public sealed class QuotaEnforcementTests
{
    private const int Size = 10_000;

    [Fact]
    public async Task Of_many_pushes_at_once_exactly_those_that_fit_succeed()
    {
        await using var world = await QuotaWorld.StartAsync(20 * Size);

        var pushing = Task.WhenAll(Enumerable.Range(0, 60).Select(each => world.UploadAsync($"r{each % 3}", TestImage.Bytes(each, Size))));
        var most = await world.MostUsedAsync(pushing);

        Assert.Equal([(201, 20), (403, 40)], Counted(await pushing));
        Assert.Equal((20 * Size, 20 * Size), (most, (await world.ReadAsync()).Used));
        Assert.All((await pushing).Where(answer => answer.Status == HttpStatusCode.Forbidden), refused =>
        {
            Assert.Contains("\"code\":\"DENIED\",\"message\":\"adding 9.8 KiB of storage resource, which when updated to current usage of ", refused.Body, StringComparison.Ordinal);
            Assert.Contains(" will exceed the configured upper limit of 195.3 KiB.", refused.Body, StringComparison.Ordinal);
        });
        Assert.Empty(await world.Audit.FindAsync());
    }

    [Fact]
    public async Task The_last_place_is_given_to_one_of_those_who_mount_and_push_at_once()
    {
        await using var world = await QuotaWorld.StartAsync(Size);
        var other = await new ApiFixture(world.Harbor).ProjectAsync();
        var blobs = Enumerable.Range(0, 10).Select(each => TestImage.Bytes(each, Size)).ToList();
        foreach (var blob in blobs)
        {
            using var source = new RegistryClient(world.Harbor.Url, $"{other}/source");
            await source.PostAsync(blob);
        }

        var answers = await Task.WhenAll(blobs.SelectMany(blob => new[]
        {
            world.MountAsync("mounted", Digest.Of(blob), $"{other}/source"),
            world.UploadAsync("pushed", TestImage.Bytes(blob[0] + 1000, Size)),
        }));

        Assert.Equal((201, 1), Counted(answers)[0]);
        Assert.All(Counted(answers)[1..], each => Assert.Equal(403, each.Status));
        Assert.Equal(Size, (await world.ReadAsync()).Used);
        Assert.Empty(await world.Audit.FindAsync());
    }

    [Fact]
    public async Task One_blob_pushed_by_many_at_once_is_paid_once()
    {
        await using var world = await QuotaWorld.StartAsync(Size);
        var blob = TestImage.Bytes(1, Size);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(each => world.UploadAsync($"r{each % 5}", blob)));

        Assert.Equal([(201, 30)], Counted(answers));
        Assert.Equal(Size, (await world.ReadAsync()).Used);
        Assert.Empty(await world.Audit.FindAsync());
    }

    [Fact]
    public async Task Pushes_mounts_deletes_and_changes_of_the_limit_at_once_leave_it_exact()
    {
        await using var world = await QuotaWorld.StartAsync(8 * Size);
        var shared = TestImage.Bytes(1, Size);
        var images = Enumerable.Range(0, 24).Select(each => TestImage.Of($"i{each}", shared, TestImage.Bytes(each + 100, Size / 2))).ToList();

        var working = Task.WhenAll(Enumerable.Range(0, 6).Select(async worker =>
        {
            var answers = new List<(HttpStatusCode Status, string Body)>();
            for (var round = 0; round < 4; round++)
            {
                var image = images[(worker * 4) + round];
                answers.Add(await world.PushAsync($"r{worker % 3}", image, $"t{worker}"));
                answers.Add(await world.MountAsync($"r{(worker + 1) % 3}", Digest.Of(shared), $"{world.Project}/r{worker % 3}"));
                answers.Add(round % 2 == 0 ? await world.DeleteAsync($"r{worker % 3}", image.Manifest) : await world.PushAsync("other", image, $"t{round}"));
            }

            return answers;
        }));
        var changing = Task.Run(async () =>
        {
            for (var round = 0; !working.IsCompleted; round++)
            {
                await world.LimitAsync(new[] { 4L * Size, -1, 8 * Size, 6 * Size }[round % 4]);
            }
        }, TestContext.Current.CancellationToken);
        var answers = (await working).SelectMany(each => each).ToList();
        await changing;

        Assert.All(answers, answer => Assert.True((int)answer.Status is 201 or 202 or 403 or 404, $"{answer.Status}: {answer.Body}"));
        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Empty(await world.Audit.FindAsync());
        var used = (await world.ReadAsync()).Used;
        Assert.Equal(HttpStatusCode.OK, (await world.RecountAsync()).Status);
        Assert.Equal(used, (await world.ReadAsync()).Used);
    }

    [Fact]
    public async Task A_limit_may_fall_below_what_is_used_and_then_nothing_fits_until_enough_is_deleted()
    {
        await using var world = await QuotaWorld.StartAsync();
        var (kept, gone) = (TestImage.Of("kept", TestImage.Bytes(1, Size)), TestImage.Of("gone", TestImage.Bytes(2, Size)));
        Assert.Equal(HttpStatusCode.Created, (await world.PushAsync("web", kept, "kept")).Status);
        Assert.Equal(HttpStatusCode.Created, (await world.PushAsync("web", gone, "gone")).Status);
        var used = (await world.ReadAsync()).Used;

        await world.LimitAsync((3 * Size) / 2);

        Assert.Equal((((3 * Size) / 2, used), HttpStatusCode.Forbidden), (await world.ReadAsync(), (await world.UploadAsync("web", [1])).Status));
        Assert.Equal(HttpStatusCode.Created, (await world.PutAsync("web", kept.Manifest, "again")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await world.DeleteAsync("web", gone.Manifest)).Status);
        Assert.Equal(HttpStatusCode.Created, (await world.UploadAsync("web", [1])).Status);
        Assert.Empty(await world.Audit.FindAsync());
    }

    [Fact]
    public async Task While_limits_are_switched_off_everything_fits_and_is_counted_and_no_summary_tells_of_a_limit()
    {
        await using var world = await QuotaWorld.StartAsync(100, enforced: false);
        var image = TestImage.Of("image", TestImage.Bytes(1, Size));

        Assert.Equal(HttpStatusCode.Created, (await world.PushAsync("web", image, "v1")).Status);
        Assert.Equal(HttpStatusCode.Created, (await world.UploadAsync("web", TestImage.Bytes(2, Size))).Status);
        Assert.Equal(HttpStatusCode.Created, (await world.MountAsync("other", Digest.Of(image.Layers[0]), $"{world.Project}/web")).Status);
        Assert.Empty(await world.Audit.FindAsync());
        Assert.False((await world.Harbor.Admin.JsonAsync($"/api/v2.0/projects/{world.Project}/summary")).AsObject().ContainsKey("quota"));

        await world.Harbor.Database.QueryAsync("DELETE FROM setting WHERE name = 'quota_per_project_enable'");
        Assert.Equal(HttpStatusCode.Forbidden, (await world.UploadAsync("web", [1])).Status);
    }

    [Fact]
    public async Task While_limits_are_switched_off_a_new_project_has_none_whatever_it_asks_for()
    {
        await using var world = await QuotaWorld.StartAsync(enforced: false);
        using var made = await world.Harbor.Admin.CallAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = "free", storage_limit = -77 });

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(-1L, await world.Harbor.Database.QueryAsync("SELECT hard FROM quota JOIN project ON project.id = project_id WHERE name = 'free'"));
    }

    private static (int Status, int Count)[] Counted(IEnumerable<(HttpStatusCode Status, string Body)> answers) =>
        [.. answers.CountBy(answer => (int)answer.Status).Select(each => (each.Key, each.Value)).Order()];
}
