using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-7a: what a manifest names must be there, with few exceptions.</summary>
public sealed class End07aReferencesTests(SharedHarbor shared)
{
    [Fact]
    public async Task A_manifest_whose_blobs_are_missing_is_refused_and_each_is_named()
    {
        var repository = await shared.RepositoryAsync();
        var there = await repository.PushBlobAsync(Content.Random(), Manifests.Layer);
        var (config, layer) = (Content.Of(MediaTypes.OciConfig, Content.ImageConfig()), Content.Of(Manifests.Layer, Content.Random()));

        var answer = await repository.PutManifestAsync("v1", Manifests.Image(config, there, layer));
        var message = answer.Refuses(HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN");

        Assert.Contains(config.Digest.Value, message, StringComparison.Ordinal);
        Assert.Contains(layer.Digest.Value, message, StringComparison.Ordinal);
        Assert.DoesNotContain(there.Digest.Value, answer.Text, StringComparison.Ordinal);
        (await repository.GetAsync("manifests/v1")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_blob_of_another_repository_does_not_count()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();

        (await repository.Beside("other").PutManifestAsync("v1", image)).Refuses(HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN");
    }

    [Fact]
    public async Task An_index_whose_child_is_missing_is_refused_and_the_child_is_named()
    {
        var repository = await shared.RepositoryAsync();
        var (there, missing) = (await repository.PushImageAsync(), await repository.ImageAsync());

        foreach (var index in new[] { Manifests.Index(there, missing), Manifests.DockerList(there, missing) })
        {
            var answer = await repository.PutManifestAsync("all", index);
            Assert.Contains(missing.Digest.Value, answer.Refuses(HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN"), StringComparison.Ordinal);
            Assert.DoesNotContain(there.Digest.Value, answer.Text, StringComparison.Ordinal);
        }

        (await repository.Beside("other").PutManifestAsync("all", Manifests.Index(there))).Refuses(HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN");
        (await repository.GetAsync("manifests/all")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_layer_that_lies_elsewhere_need_not_be_here()
    {
        var repository = await shared.RepositoryAsync();
        var config = await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.DockerConfig);
        var foreign = Content.Of("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Content.Random());
        var image = Manifests.Of(
            MediaTypes.DockerManifest, $"\"config\":{config.Descriptor}", $"\"layers\":[{foreign.DescriptorWith("\"urls\":[\"https://example.com/layer\"]")}]");

        await repository.PushManifestAsync("windows", image);

        Assert.Equal(image.Bytes, (await repository.GetAsync("manifests/windows")).Body);
        (await repository.GetAsync($"blobs/{foreign.Digest}")).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        await repository.NobodyHasAsync(foreign.Digest);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_build_cache_may_list_blobs_as_its_children()
    {
        var repository = await shared.RepositoryAsync();
        var cached = await repository.PushBlobAsync(Content.Random(), Manifests.Layer);
        var config = await repository.PushBlobAsync(Content.ImageConfig(), "application/vnd.buildkit.cacheconfig.v0");
        var cache = await repository.PushManifestAsync("cache", Manifests.Index(cached, config));

        Assert.Equal(cache.Bytes, (await repository.GetAsync("manifests/cache")).Body);
        Assert.Equal(cached.Bytes, (await repository.GetAsync($"blobs/{cached.Digest}")).Body);
        (await repository.DeleteAsync($"blobs/{cached.Digest}")).Refuses(HttpStatusCode.MethodNotAllowed, "METHOD_NOT_ALLOWED");

        var missing = Manifests.Index(cached, Content.Of(Manifests.Layer, Content.Random()));
        (await repository.PutManifestAsync("cache", missing)).Refuses(HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_subject_need_not_exist_and_is_acknowledged()
    {
        var repository = await shared.RepositoryAsync();
        await repository.PushBlobAsync(Manifests.Empty.Bytes);
        var absent = await repository.ImageAsync();

        foreach (var (reference, referrer) in new[]
        {
            ("note", Manifests.Referrer(absent)),
            ("index", Manifests.Index([], $"\"subject\":{absent.Descriptor}")),
        })
        {
            Assert.Equal(absent.Digest.Value, (await repository.PutManifestAsync(reference, referrer)).Is(HttpStatusCode.Created).Header("OCI-Subject"));
        }
    }

    [Fact]
    public async Task A_manifest_may_name_a_blob_twice_and_an_index_a_child()
    {
        var repository = await shared.RepositoryAsync();
        var layer = await repository.PushBlobAsync(Content.Random(), Manifests.Layer);
        var config = await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig);
        var image = await repository.PushManifestAsync("twice", Manifests.Image(config, layer, layer, config));
        await repository.PushManifestAsync("index", Manifests.Index(image, image));

        (await repository.DeleteAsync($"blobs/{layer.Digest}")).Refuses(HttpStatusCode.MethodNotAllowed, "METHOD_NOT_ALLOWED");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task An_image_needs_no_layers_and_an_index_no_children()
    {
        var repository = await shared.RepositoryAsync();
        var config = await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig);

        await repository.PushManifestAsync("bare", Manifests.Image(config));
        await repository.PushManifestAsync("none", Manifests.Index());
    }

    [Fact]
    public async Task An_index_may_hold_indexes()
    {
        var repository = await shared.RepositoryAsync();
        var inner = await repository.PushManifestAsync("inner", Manifests.Index(await repository.PushImageAsync("a")));
        var outer = await repository.PushManifestAsync("outer", Manifests.Index(inner, await repository.PushImageAsync("b")));

        Assert.Equal(outer.Bytes, (await repository.GetAsync("manifests/outer")).Body);
    }
}
