using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-9: DELETE of a manifest.</summary>
public sealed class End09ManifestDeleteTests(SharedHarbor shared)
{
    [Fact]
    public async Task A_deleted_manifest_is_gone_with_its_tags()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync("v1");
        await repository.PushManifestAsync("v2", image);
        var other = await repository.PushImageAsync("other");
        (await repository.GetAsync("manifests/v1")).Is(HttpStatusCode.OK);

        var answer = (await repository.DeleteAsync($"manifests/{image.Digest}")).Is(HttpStatusCode.Accepted);

        Assert.Empty(answer.Body);
        foreach (var gone in new[] { "v1", "v2", image.Digest.Value })
        {
            (await repository.GetAsync($"manifests/{gone}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        }

        Assert.Equal("other", Assert.Single((await repository.GetAsync("tags/list")).Json.GetProperty("tags").EnumerateArray()).GetString());
        Assert.Equal(other.Bytes, (await repository.GetAsync("manifests/other")).Body);
        (await repository.DeleteAsync($"manifests/{image.Digest}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("never-pushed")]
    [InlineData("-x")]
    [InlineData("sha256:abc")]
    public async Task A_tag_cannot_be_deleted_in_this_way(string reference)
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync("v1");

        var message = (await repository.DeleteAsync($"manifests/{reference}")).Refuses(HttpStatusCode.BadRequest, "UNSUPPORTED");

        Assert.StartsWith($"unsupported digest {reference}: ", message, StringComparison.Ordinal);
        Assert.Equal(image.Bytes, (await repository.GetAsync("manifests/v1")).Body);
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_deleted()
    {
        var repository = await shared.RepositoryAsync();
        var missing = Digest.Of(Content.Random());

        (await repository.DeleteAsync($"manifests/{missing}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        await repository.PushImageAsync();
        Assert.Equal($"artifact {repository.Name}@{missing} not found", (await repository.DeleteAsync($"manifests/{missing}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND"));
    }

    [Fact]
    public async Task A_child_stays_as_long_as_an_index_names_it()
    {
        var repository = await shared.RepositoryAsync();
        var child = await repository.PushImageAsync("child");
        var index = await repository.PushManifestAsync("all", Manifests.Index(child));

        (await repository.DeleteAsync($"manifests/{child.Digest}")).Refuses(HttpStatusCode.PreconditionFailed, "VIOLATE_FOREIGN_KEY_CONSTRAINT");
        Assert.Equal(child.Bytes, (await repository.GetAsync("manifests/child")).Body);

        (await repository.DeleteAsync($"manifests/{index.Digest}")).Is(HttpStatusCode.Accepted);
        (await repository.DeleteAsync($"manifests/{child.Digest}")).Is(HttpStatusCode.Accepted);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task An_index_takes_the_children_with_it_that_nothing_else_names()
    {
        var repository = await shared.RepositoryAsync();
        async Task<Content> ByDigestAsync()
        {
            var image = await repository.ImageAsync();
            return await repository.PushManifestAsync(image.Digest.Value, image);
        }

        var (alone, tagged, both) = (await ByDigestAsync(), await repository.PushImageAsync("kept"), await ByDigestAsync());
        var index = await repository.PushManifestAsync("all", Manifests.Index(alone, tagged, both));
        await repository.PushManifestAsync("other", Manifests.Index(both));

        (await repository.DeleteAsync($"manifests/{index.Digest}")).Is(HttpStatusCode.Accepted);

        (await repository.GetAsync($"manifests/{alone.Digest}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        (await repository.GetAsync($"manifests/{tagged.Digest}")).Is(HttpStatusCode.OK);
        (await repository.GetAsync($"manifests/{both.Digest}")).Is(HttpStatusCode.OK);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task What_belongs_to_a_manifest_goes_with_it()
    {
        var repository = await shared.RepositoryAsync();
        await repository.PushBlobAsync(Manifests.Empty.Bytes);
        var image = await repository.PushImageAsync();
        var note = await repository.PushManifestAsync("note", Manifests.Referrer(image));
        var onNote = await repository.PushManifestAsync("on-note", Manifests.Referrer(note));
        var signature = await repository.PushManifestAsync($"sha256-{image.Digest.Hex}.sig", await CosignAsync(repository));

        (await repository.DeleteAsync($"manifests/{image.Digest}")).Is(HttpStatusCode.Accepted);

        foreach (var gone in new[] { note, onNote, signature })
        {
            (await repository.GetAsync($"manifests/{gone.Digest}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        }

        (await repository.GetAsync("tags/list")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_deleted_manifest_can_be_pushed_again_and_has_only_its_new_tags()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync("before");
        (await repository.DeleteAsync($"manifests/{image.Digest}")).Is(HttpStatusCode.Accepted);

        await repository.PushManifestAsync("after", image);

        Assert.Equal(image.Bytes, (await repository.GetAsync("manifests/after")).Body);
        Assert.Equal("after", Assert.Single((await repository.GetAsync("tags/list")).Json.GetProperty("tags").EnumerateArray()).GetString());
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_running_pull_still_gets_the_blobs_of_what_was_just_deleted()
    {
        var repository = await shared.RepositoryAsync();
        var layer = await repository.PushBlobAsync(Content.Random(), Manifests.Layer);
        var image = await repository.PushManifestAsync("v1", Manifests.Image(await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig), layer));

        (await repository.DeleteAsync($"manifests/{image.Digest}")).Is(HttpStatusCode.Accepted);

        Assert.Equal(layer.Bytes, (await repository.GetAsync($"blobs/{layer.Digest}")).Is(HttpStatusCode.OK).Body);
    }

    private static async Task<Content> CosignAsync(TestRepository repository) => Manifests.Image(
        await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig), await repository.PushBlobAsync(Content.Random(), MediaTypes.CosignSimpleSigning));
}
