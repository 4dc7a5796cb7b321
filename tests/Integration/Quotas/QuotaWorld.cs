using System.Net;
using System.Net.Http.Headers;
using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Oci;
using Harbor.Platform.Settings;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Quotas;

/// <summary>A server with one project in it, whose limit and content tests change as clients do.</summary>
internal sealed class QuotaWorld : IAsyncDisposable
{
    private QuotaWorld(TestHarbor harbor, string project, long quotaId)
    {
        (Harbor, Project, QuotaId) = (harbor, project, quotaId);
        Audit = new ContentAudit(harbor.Database.ConnectionString, harbor.Services.GetRequiredService<HarborOptions>().StorageDirectory);
    }

    public TestHarbor Harbor { get; }

    public string Project { get; }

    public ContentAudit Audit { get; }

    private long QuotaId { get; }

    /// <param name="enforced">Whether limits are enforced at all.</param>
    public static async Task<QuotaWorld> StartAsync(long hard = -1, bool enforced = true)
    {
        var harbor = await TestHarbor.StartAsync();
        if (!enforced)
        {
            await Identity.People.SetAsync(harbor, "quota_per_project_enable", "false");
        }

        var project = await new ApiFixture(harbor).ProjectAsync();
        var id = (long)(await harbor.Database.QueryAsync($"SELECT quota.id FROM quota JOIN project ON project.id = project_id WHERE name = '{project}'"))!;
        var world = new QuotaWorld(harbor, project, id);
        await world.LimitAsync(hard);
        return world;
    }

    public async Task LimitAsync(long hard)
    {
        using var changed = await Harbor.Admin.CallTextAsync(HttpMethod.Put, $"/api/v2.0/quotas/{QuotaId}", $$$"""{"hard":{"storage":{{{hard}}}}}""");
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    public async Task<(long Hard, long Used)> ReadAsync()
    {
        var quota = await Harbor.Admin.JsonAsync($"/api/v2.0/quotas/{QuotaId}");
        return ((long)quota["hard"]!["storage"]!, (long)quota["used"]!["storage"]!);
    }

    public async Task<(HttpStatusCode Status, string Body)> UploadAsync(string repository, byte[] content) =>
        await SendAsync(HttpMethod.Post, $"/v2/{Project}/{repository}/blobs/uploads/?digest={Digest.Of(content)}", content);

    public async Task<(HttpStatusCode Status, string Body)> MountAsync(string repository, Digest digest, string from) =>
        await SendAsync(HttpMethod.Post, $"/v2/{Project}/{repository}/blobs/uploads/?mount={digest}&from={from}", []);

    public async Task<(HttpStatusCode Status, string Body)> PutAsync(string repository, TestManifest manifest, string reference) =>
        await SendAsync(HttpMethod.Put, $"/v2/{Project}/{repository}/manifests/{reference}", manifest.Content, manifest.MediaType);

    /// <summary>What an image needs, then the image; the first answer that is no success, or the last one.</summary>
    public async Task<(HttpStatusCode Status, string Body)> PushAsync(string repository, TestImage image, string tag)
    {
        foreach (var blob in image.Blobs)
        {
            if (await UploadAsync(repository, blob) is { Status: not HttpStatusCode.Created } refused)
            {
                return refused;
            }
        }

        return await PutAsync(repository, image.Manifest, tag);
    }

    public async Task<(HttpStatusCode Status, string Body)> DeleteAsync(string repository, TestManifest manifest) =>
        await SendAsync(HttpMethod.Delete, $"/v2/{Project}/{repository}/manifests/{manifest.Digest}", []);

    public async Task<(HttpStatusCode Status, string Body)> RecountAsync(HttpClient? client = null)
    {
        using var answer = await (client ?? Harbor.Admin).CallAsync(HttpMethod.Post, "/api/internal/syncquota");
        return (answer.StatusCode, await answer.BodyAsync());
    }

    /// <summary>Runs work, and looks at the quota all the while; the most that was seen used.</summary>
    public async Task<long> MostUsedAsync(Task work)
    {
        var most = 0L;
        while (!work.IsCompleted)
        {
            most = Math.Max(most, (await ReadAsync()).Used);
        }

        await work;
        return Math.Max(most, (await ReadAsync()).Used);
    }

    public ValueTask DisposeAsync() => Harbor.DisposeAsync();

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, byte[] content, string? type = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        using var answer = await Harbor.Admin.SendAsync(request);
        return (answer.StatusCode, await answer.BodyAsync());
    }
}
