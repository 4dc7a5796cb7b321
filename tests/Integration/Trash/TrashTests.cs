using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Integration.Startup;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Trash;

/// <summary>What was deleted is listed, and is restored as a whole or not at all, until a collection frees it.</summary>
public sealed class TrashTests : IAsyncLifetime
{
    private const string Trash = "/api/v2.0/projects/library/trash";

    private static readonly TestImage Image = TestImage.Of("web", TestImage.Bytes(1), TestImage.Bytes(2));

    private TestHarbor harbor = null!;
    private ContentRepository web = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync(new TestHarborOptions { GarbageGrace = TimeSpan.FromHours(2) });
        web = new ContentRepository(harbor, "library", "web");
    }

    public async ValueTask DisposeAsync()
    {
        web.Dispose();
        await harbor.DisposeAsync();
    }

    [Fact]
    public async Task A_deletion_says_who_when_why_and_what()
    {
        await web.Registry.PushAsync(Image, "v1");
        await web.DeleteAsync("/artifacts/v1");

        var listed = Assert.Single((await harbor.Admin.JsonAsync(Trash)).AsArray())!;

        Assert.Equal(("library/web", "artifact", "api", "admin"), ((string)listed["repository_name"]!, (string)listed["kind"]!, (string)listed["reason"]!, (string)listed["deleted_by"]!));
        Assert.Equal((1, 1), ((int)listed["artifact_count"]!, (int)listed["tag_count"]!));
        Assert.Equal(Image.Manifest.Content.Length + Image.Blobs.Sum(blob => blob.Length), (int)listed["size"]!);
        Assert.Equal((Image.Manifest.Digest.Value, "IMAGE"), ((string)listed["artifacts"]![0]!["digest"]!, (string)listed["artifacts"]![0]!["type"]!));
        Assert.Equal(["v1"], listed["tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.Equal(TimeSpan.FromHours(2), DateTimeOffset.Parse((string)listed["restorable_until"]!, CultureInfo.InvariantCulture) - DateTimeOffset.Parse((string)listed["deletion_time"]!, CultureInfo.InvariantCulture));
        Assert.Equal(listed.ToJsonString(), (await harbor.Admin.JsonAsync($"{Trash}/{listed["id"]}")).ToJsonString());
    }

    [Fact]
    public async Task A_restored_artifact_has_its_tags_bytes_and_charge_again()
    {
        await web.Registry.PushAsync(Image, "v1");
        await web.Registry.PushAsync(Image.Manifest, "v2");
        var used = await UsedAsync();
        await web.DeleteAsync("/artifacts/v1");
        Assert.Equal(0L, await UsedAsync());

        var restored = await RestoreAsync();

        Assert.Equal((1, 2, 0), ((int)restored["artifact_count"]!, (int)restored["tag_count"]!, restored["taken_tags"]!.AsArray().Count));
        Assert.Equal(Image.Manifest.Content, await web.Registry.GetAsync("manifests/v2"));
        Assert.Equal(Image.Layers[1], await web.Registry.GetAsync($"blobs/{Digest.Of(Image.Layers[1])}"));
        Assert.Equal(used, await UsedAsync());
        Assert.Empty((await harbor.Admin.JsonAsync(Trash)).AsArray());
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task An_index_comes_back_with_its_children_and_signatures()
    {
        await web.Registry.PushAsync(Image);
        var index = TestManifest.Index(Image.Manifest);
        await web.Registry.PushAsync(index, "all");
        await web.Registry.PutAsync(TestImage.Empty);
        await web.Registry.PutAsync(TestImage.Bytes(7));
        await web.Registry.PushAsync(TestManifest.Signature(index, TestImage.Bytes(7)));
        await web.DeleteAsync("/artifacts/all");

        Assert.Equal(3, (int)(await RestoreAsync())["artifact_count"]!);

        Assert.Equal(Image.Manifest.Content, await web.Registry.GetAsync($"manifests/{Image.Manifest.Digest}"));
        Assert.Single((await harbor.Admin.JsonAsync($"{web.Artifacts}/all/accessories")).AsArray());
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task An_index_revives_a_child_that_was_deleted_apart_from_it()
    {
        await web.Registry.PushAsync(Image, "child");
        await web.Registry.PushAsync(TestManifest.Index(Image.Manifest), "all");
        await web.DeleteAsync("/artifacts/all");
        await web.DeleteAsync("/artifacts/child");
        var index = (await harbor.Admin.JsonAsync($"{Trash}?sort=deletion_time")).AsArray()[0]!["id"]!;

        var restored = await RestoreAsync(id: (long)index);

        Assert.Equal((2, 1), ((int)restored["artifact_count"]!, (int)restored["tag_count"]!));
        await ContentRepository.AuditAsync(harbor);

        // What is left of the other deletion is the child's tag.
        Assert.Equal((0, 1), ((int)(await RestoreAsync())["artifact_count"]!, 1));
        Assert.Equal(Image.Manifest.Content, await web.Registry.GetAsync("manifests/child"));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task A_repository_comes_back_as_a_whole_with_its_description()
    {
        await web.Registry.PushAsync(Image, "v1");
        await web.Registry.PushAsync(TestImage.Of("other", TestImage.Bytes(3)), "v2");
        using (await harbor.Admin.CallAsync(HttpMethod.Put, web.Path, new { description = "all about it" }))
        {
        }

        await web.DeleteAsync("");
        Assert.Equal("repository", (string)(await harbor.Admin.JsonAsync(Trash)).AsArray()[0]!["kind"]!);
        var restored = await RestoreAsync();

        Assert.Equal((2, 2), ((int)restored["artifact_count"]!, (int)restored["tag_count"]!));
        Assert.Equal("all about it", (string)(await harbor.Admin.JsonAsync(web.Path))["description"]!);
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task A_repository_that_is_pushed_into_after_its_deletion_starts_anew()
    {
        await web.Registry.PushAsync(Image, "v1");
        using (await harbor.Admin.CallAsync(HttpMethod.Put, web.Path, new { description = "all about it" }))
        {
        }

        await web.DeleteAsync("");
        await web.Registry.PushAsync(TestImage.Of("other", TestImage.Bytes(3)), "v2");

        Assert.Null((string?)(await harbor.Admin.JsonAsync(web.Path))["description"]);
    }

    [Fact]
    public async Task A_tag_whose_name_was_taken_meanwhile_is_left_and_reported()
    {
        var other = TestImage.Of("other", TestImage.Bytes(3));
        await web.Registry.PushAsync(Image, "v1");
        await web.Registry.PushAsync(Image.Manifest, "v2");
        await web.DeleteAsync("/artifacts/v1");
        await web.Registry.PushAsync(other, "v1");

        var restored = await RestoreAsync();

        Assert.Equal(["v1"], restored["taken_tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.Equal(other.Manifest.Content, await web.Registry.GetAsync("manifests/v1"));
        Assert.Equal(Image.Manifest.Content, await web.Registry.GetAsync("manifests/v2"));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task A_tag_comes_back_alone_and_not_before_its_artifact()
    {
        await web.Registry.PushAsync(Image, "v1");
        await web.Registry.PushAsync(Image.Manifest, "v2");
        await web.DeleteAsync("/artifacts/v1/tags/v1");
        var tag = await NewestAsync();
        Assert.Equal("tag", (string)tag["kind"]!);
        await web.DeleteAsync("/artifacts/v2");

        using (var early = await CallRestoreAsync((long)tag["id"]!))
        {
            var (status, code, _) = await early.RefusalAsync();
            Assert.Equal((412, "PRECONDITION"), (status, code));
        }

        await RestoreAsync();
        await RestoreAsync(id: (long)tag["id"]!);

        Assert.Equal(Image.Manifest.Content, await web.Registry.GetAsync("manifests/v1"));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task What_does_not_fit_the_quota_stays_deleted_whole()
    {
        await web.Registry.PushAsync(Image, "v1");
        await web.DeleteAsync("/artifacts/v1");
        await harbor.Database.QueryAsync("UPDATE quota SET hard = 100 WHERE project_id = 1");

        using var refused = await CallRestoreAsync((long)(await NewestAsync())["id"]!);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Null(await web.Registry.GetAsync("manifests/v1"));
        Assert.Single((await harbor.Admin.JsonAsync(Trash)).AsArray());
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task What_was_given_up_is_listed_and_restored_no_more()
    {
        await web.Registry.PushAsync(Image, "v1");
        await web.DeleteAsync("/artifacts/v1");
        var id = (long)(await NewestAsync())["id"]!;

        using (var young = await harbor.Admin.CallAsync(HttpMethod.Delete, "/api/v2.0/system/trash?older_than_hours=1"))
        {
            Assert.Equal("""{"deletion_count":0}""", await young.BodyAsync());
        }

        using (var all = await harbor.Admin.CallAsync(HttpMethod.Delete, "/api/v2.0/system/trash"))
        {
            Assert.Equal("""{"deletion_count":1}""", await all.BodyAsync());
        }

        Assert.Empty((await harbor.Admin.JsonAsync(Trash)).AsArray());
        using var gone = await CallRestoreAsync(id);
        Assert.Equal((404, "NOT_FOUND", $"deletion {id} not found"), await gone.RefusalAsync());
    }

    [Fact]
    public async Task A_deletion_of_another_project_is_not_found()
    {
        await harbor.Database.QueryAsync("WITH made AS (INSERT INTO project (name, owner_id) VALUES ('team', 1) RETURNING id) INSERT INTO quota (project_id) SELECT id FROM made");
        await web.Registry.PushAsync(Image, "v1");
        await web.DeleteAsync("/artifacts/v1");
        var id = (long)(await NewestAsync())["id"]!;

        Assert.Empty((await harbor.Admin.JsonAsync("/api/v2.0/projects/team/trash")).AsArray());
        using var shown = await harbor.Admin.GetAsync($"/api/v2.0/projects/team/trash/{id}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, shown.StatusCode);
        using var restored = await harbor.Admin.CallAsync(HttpMethod.Post, $"/api/v2.0/projects/team/trash/{id}/restore");
        Assert.Equal(HttpStatusCode.NotFound, restored.StatusCode);
    }

    [Fact]
    public async Task A_restoring_is_audited()
    {
        await web.Registry.PushAsync(Image, "v1");
        await web.DeleteAsync("/artifacts/v1");

        await RestoreAsync();

        await Eventually.HoldsAsync(async () => await harbor.Database.QueryAsync(
            "SELECT username || ' ' || operation || ' ' || resource_type || ' ' || resource FROM audit_log_ext WHERE operation = 'restore'") as string == "admin restore deletion library/web", "the restoring is recorded");
    }

    private async Task<JsonNode> NewestAsync() => (await harbor.Admin.JsonAsync(Trash)).AsArray()[0]!;

    private async Task<JsonNode> RestoreAsync(long? id = null)
    {
        using var restored = await CallRestoreAsync(id ?? (long)(await NewestAsync())["id"]!);
        var body = await restored.BodyAsync();
        Assert.True(restored.StatusCode == HttpStatusCode.OK, body);
        return JsonNode.Parse(body)!;
    }

    private Task<HttpResponseMessage> CallRestoreAsync(long id) => harbor.Admin.CallAsync(HttpMethod.Post, $"{Trash}/{id}/restore");

    private async Task<long> UsedAsync() => (long)(await harbor.Database.QueryAsync("SELECT used FROM quota WHERE project_id = 1"))!;
}
