using Harbor.Integration.Content;
using Harbor.Integration.Immutability;
using Harbor.Modules.Access;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>Copying artifacts within a project and from one to another.</summary>
public sealed class ArtifactCopyTests : IAsyncLifetime
{
    private static readonly TestImage One = TestImage.Of("one", TestImage.Bytes(1));
    private static readonly TestImage Two = TestImage.Of("two", TestImage.Bytes(2));
    private static readonly TestManifest Index = TestManifest.Index(One.Manifest, Two.Manifest);
    private static readonly byte[] SignatureLayer = TestImage.Bytes(9);
    private static readonly TestManifest Signature = TestManifest.Signature(Index, SignatureLayer);
    private static readonly TestManifest CounterSignature = TestManifest.Signature(Signature, SignatureLayer);

    private TestHarbor harbor = null!;
    private ApiFixture api = null!;
    private ContentRepository source = null!;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync();
        api = new ApiFixture(harbor);
        source = await RepositoryAsync("team/web");
        await source.Registry.PushAsync(One, "one");
        await source.Registry.PushAsync(Two);
        await source.Registry.PushAsync(Index, "v1");
        await source.Registry.PushAsync(Index, "latest");
        await source.Registry.PutAsync(TestImage.Empty);
        await source.Registry.PutAsync(SignatureLayer);
        await source.Registry.PushAsync(Signature, "signature");
        await source.Registry.PushAsync(CounterSignature);
    }

    public async ValueTask DisposeAsync()
    {
        source.Dispose();
        await harbor.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_copy_has_the_children_the_accessories_and_all_the_tags_of_its_original(bool byTag)
    {
        using var target = await RepositoryAsync();
        var reference = byTag ? "v1" : Index.Digest.Value;

        Assert.Equal((201, $"{target.Artifacts}/{reference}"), await target.CopyAsync($"{source.Name}{(byTag ? ":" : "@")}{reference}"));

        var shown = Assert.Single((await harbor.Admin.JsonAsync($"{target.Artifacts}?with_accessory=true&q=tags%3Dv1")).AsArray())!;
        var original = Assert.Single((await harbor.Admin.JsonAsync($"{source.Artifacts}?with_accessory=true&q=tags%3Dv1")).AsArray())!;
        Assert.Equal([One.Manifest.Digest.Value, Two.Manifest.Digest.Value], shown["references"]!.Names("child_digest"));
        Assert.Equal([Signature.Digest.Value], shown["accessories"]!.Names("digest"));
        foreach (var field in (string[])["type", "size", "media_type", "manifest_media_type", "digest"])
        {
            Assert.Equal(original[field]!.ToJsonString(), shown[field]!.ToJsonString());
        }

        Assert.Equal(await source.TagsAsync(), await target.TagsAsync());
        Assert.Equal([CounterSignature.Digest.Value], (await harbor.Admin.JsonAsync($"{target.Artifacts}/{Signature.Digest}/accessories")).Names("digest"));
        foreach (var blob in (byte[][])[.. One.Blobs, .. Two.Blobs, SignatureLayer])
        {
            Assert.Equal(blob, await target.Registry.GetAsync($"blobs/{Oci.Digest.Of(blob)}"));
        }

        Assert.Equal(Index.Content, await target.Registry.GetAsync("manifests/latest"));
        Assert.Equal(Signature.Content, await target.Registry.GetAsync("manifests/signature"));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task Within_a_project_a_copy_costs_nothing()
    {
        var before = await UsedAsync(source.Project);
        using var target = new ContentRepository(harbor, source.Project, "other");

        Assert.Equal(201, (await target.CopyAsync($"{source.Name}:v1")).Status);

        Assert.Equal(before, await UsedAsync(source.Project));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task Without_room_in_the_target_nothing_is_copied()
    {
        using var target = await RepositoryAsync();
        var needed = await UsedAsync(source.Project);
        await LimitAsync(target.Project, needed - 1);

        Assert.Equal(403, (await target.CopyAsync($"{source.Name}:v1")).Status);
        Assert.Empty((await harbor.Admin.JsonAsync($"{target.Artifacts}?q=base%3D*")).AsArray());
        Assert.Equal(404, (await harbor.Admin.RefusalAsync(target.Path)).Status);
        Assert.Equal(0, await UsedAsync(target.Project));

        await LimitAsync(target.Project, needed);
        Assert.Equal(201, (await target.CopyAsync($"{source.Name}:v1")).Status);
        Assert.Equal(needed, await UsedAsync(target.Project));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task What_the_target_has_is_not_copied_again_and_gets_the_tags()
    {
        using var target = await RepositoryAsync();
        await target.Registry.PushAsync(One, "mine");
        await target.Registry.PushAsync(Two, "v1");
        await target.Registry.PushAsync(Index);

        Assert.Equal(201, (await target.CopyAsync($"{source.Name}:v1")).Status);

        Assert.Equal([("latest", Index.Digest.Value), ("mine", One.Manifest.Digest.Value), ("v1", Index.Digest.Value)], await target.TagsAsync());
        Assert.Empty((await harbor.Admin.JsonAsync($"{target.Artifacts}/v1/accessories")).AsArray());
        Assert.Equal(201, (await target.CopyAsync($"{source.Name}:v1")).Status);
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task What_the_target_had_and_deleted_is_there_again()
    {
        using var target = await RepositoryAsync();
        await target.CopyAsync($"{source.Name}:v1");
        await target.DeleteAsync("");

        Assert.Equal(201, (await target.CopyAsync($"{source.Name}:v1")).Status);

        Assert.Equal(await source.TagsAsync(), await target.TagsAsync());
        Assert.Equal(2, (await harbor.Admin.JsonAsync($"{target.Artifacts}/v1"))["references"]!.AsArray().Count);
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task An_immutable_tag_of_the_target_is_not_moved_and_then_nothing_is_copied()
    {
        using var target = await RepositoryAsync();
        await target.Registry.PushAsync(One, "latest");
        await RuleTests.MakeAsync(harbor.Admin, target.Project, RuleTests.Rule("latest"));

        Assert.Equal((412, "the tag latest configured as immutable, cannot be updated"), await target.CopyAsync($"{source.Name}:v1"));

        Assert.Equal([("latest", One.Manifest.Digest.Value)], await target.TagsAsync());
        Assert.Null(await target.Registry.GetAsync($"manifests/{Index.Digest}"));
        await ContentRepository.AuditAsync(harbor);

        // The one that names the same artifact already is no obstacle.
        Assert.Equal(201, (await target.CopyAsync($"{source.Name}:one")).Status);
    }

    [Fact]
    public async Task An_accessory_is_not_copied_alone()
    {
        using var target = await RepositoryAsync();

        Assert.Equal((403, "the operation isn't supported for an artifact accessory"), await target.CopyAsync($"{source.Name}@{Signature.Digest}"));
    }

    [Fact]
    public async Task Who_copies_needs_rights_at_both_ends()
    {
        using var target = await RepositoryAsync();
        var (id, _, client) = await api.UserAsync();
        Assert.Equal(403, (await target.CopyAsync($"{source.Name}:v1", client)).Status);
        await JoinAsync(target.Project, id, Role.Developer);
        Assert.Equal((403, "forbidden"), await target.CopyAsync($"{source.Name}:v1", client));
        Assert.Equal((403, "forbidden"), await target.CopyAsync($"{source.Name}:nothing", client));
        Assert.Equal((403, "forbidden"), await target.CopyAsync("nothing/at-all:v1", client));
        await JoinAsync(source.Project, id, Role.LimitedGuest);

        Assert.Equal(201, (await target.CopyAsync($"{source.Name}:v1", client)).Status);
        Assert.Equal(403, (await source.CopyAsync($"{target.Name}:v1", client)).Status);
        Assert.Equal(401, (await target.CopyAsync($"{source.Name}:v1", harbor.Anonymous)).Status);
    }

    [Theory]
    [InlineData("{0}:nothing", 404)]
    [InlineData("{0}@sha256:0000000000000000000000000000000000000000000000000000000000000000", 404)]
    [InlineData("{0}", 404)]
    [InlineData("{0}x:v1", 404)]
    [InlineData("nothing/web:v1", 404)]
    [InlineData("{0}@v1", 400)]
    [InlineData("web:v1", 400)]
    [InlineData("{0}:a b", 400)]
    public async Task What_is_not_there_or_has_no_name_is_not_copied(string from, int status)
    {
        using var target = await RepositoryAsync();

        Assert.Equal(status, (await target.CopyAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, from, source.Name))).Status);
        using var without = await harbor.Admin.CallAsync(HttpMethod.Post, target.Artifacts);
        Assert.Equal(422, (int)without.StatusCode);
    }

    private async Task<ContentRepository> RepositoryAsync(string name = "web") => new(harbor, await api.ProjectAsync(), name);

    private async Task<long> UsedAsync(string project) =>
        (long)(await harbor.Database.QueryAsync($"SELECT used FROM quota JOIN project ON project.id = project_id WHERE name = '{project}'"))!;

    private Task<object?> LimitAsync(string project, long hard) =>
        harbor.Database.QueryAsync($"UPDATE quota SET hard = {hard} FROM project WHERE project.id = project_id AND name = '{project}'");

    private async Task JoinAsync(string project, long user, Role role)
    {
        using var added = await harbor.Admin.CallAsync(
            HttpMethod.Post, $"/api/v2.0/projects/{project}/members", new { role_id = (int)role, member_user = new { user_id = user } });
        added.EnsureSuccessStatusCode();
    }
}
