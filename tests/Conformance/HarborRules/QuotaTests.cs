using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.HarborRules;

/// <summary>A project that may hold no more.</summary>
public sealed class QuotaTests(SharedHarbor shared)
{
    [Fact]
    public async Task A_blob_that_does_not_fit_is_denied_and_leaves_nothing()
    {
        var repository = await FullAsync(10_000);
        var bytes = Content.Random(20_000);

        foreach (var push in new Func<Task<Answer>>[]
        {
            () => repository.PostAsync($"blobs/uploads/?digest={Digest.Of(bytes)}", bytes),
            async () => await repository.FinishAsync(await repository.StartUploadAsync(), Digest.Of(bytes), bytes),
        })
        {
            Assert.Equal(
                "adding 19.5 KiB of storage resource, which when updated to current usage of 0.0 B will exceed the configured upper limit of 9.8 KiB.",
                (await push()).Refuses(HttpStatusCode.Forbidden, "DENIED"));
            await repository.NobodyHasAsync(Digest.Of(bytes));
        }

        await repository.ShowsNothingAsync();
    }

    [Fact]
    public async Task A_mount_or_a_manifest_that_does_not_fit_is_denied()
    {
        var source = await shared.RepositoryAsync();
        var blob = await source.PushBlobAsync(Content.Random(20_000));
        var repository = await FullAsync(10_000);
        (await repository.PostAsync($"blobs/uploads/?mount={blob.Digest}&from={source.Name}")).Refuses(HttpStatusCode.Forbidden, "DENIED");
        await repository.ShowsNothingAsync();

        var config = await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig);
        var fat = Manifests.Image(config, [], $"\"annotations\":{{\"a\":\"{new string('x', 20_000)}\"}}");
        (await repository.PutManifestAsync("v1", fat)).Refuses(HttpStatusCode.Forbidden, "DENIED");
        (await repository.GetAsync("manifests/v1")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task What_the_project_has_already_costs_nothing_again()
    {
        var repository = await FullAsync(2_500);
        var blob = await repository.PushBlobAsync(Content.Random(2_000));

        await repository.PushBlobAsync(blob.Bytes);
        await repository.Beside("other").PushBlobAsync(blob.Bytes);
        (await repository.Beside("third").PostAsync($"blobs/uploads/?mount={blob.Digest}&from={repository.Name}")).Is(HttpStatusCode.Created);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task Deleting_makes_room_again()
    {
        var repository = await FullAsync(4_000);
        var image = await repository.PushManifestAsync(
            "v1", Manifests.Image(await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig), await repository.PushBlobAsync(Content.Random(2_000), Manifests.Layer)));
        var bytes = Content.Random(2_000);
        (await repository.PostAsync($"blobs/uploads/?digest={Digest.Of(bytes)}", bytes)).Refuses(HttpStatusCode.Forbidden, "DENIED");

        (await repository.DeleteAsync($"manifests/{image.Digest}")).Is(HttpStatusCode.Accepted);

        await repository.PushBlobAsync(bytes);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task Who_is_over_the_limit_already_begins_no_upload()
    {
        var repository = await FullAsync(4_000);
        await repository.PushBlobAsync(Content.Random(2_000));
        await LimitAsync(repository, 1_000);

        (await repository.PostAsync("blobs/uploads/")).Refuses(HttpStatusCode.Forbidden, "DENIED");
    }

    private async Task<TestRepository> FullAsync(long bytes)
    {
        var repository = await shared.RepositoryAsync();
        await LimitAsync(repository, bytes);
        return repository;
    }

    private Task<object?> LimitAsync(TestRepository repository, long bytes) => shared.Harbor.Database.QueryAsync(
        $"UPDATE quota SET hard = {bytes} FROM project WHERE project.id = project_id AND name = '{repository.Project}'");
}
