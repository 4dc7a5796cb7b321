using Harbor.Integration.Content;
using Harbor.Platform.Settings;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>A repository with real content, by both its doors: the registry protocol and the management API.</summary>
internal sealed class ContentRepository(TestHarbor harbor, string project, string name) : IDisposable
{
    public RegistryClient Registry { get; } = new(harbor.Url, $"{project}/{name}");

    public string Project => project;

    /// <summary>Full name.</summary>
    public string Name => Registry.Repository;

    public string Path => $"/api/v2.0/projects/{project}/repositories/{name.Replace("/", "%252F", StringComparison.Ordinal)}";

    public string Artifacts => $"{Path}/artifacts";

    /// <summary>Tags in ordinal order, each with the digest it names.</summary>
    public async Task<IEnumerable<(string Tag, string Digest)>> TagsAsync() =>
        (await harbor.Admin.JsonAsync($"{Artifacts}?q=base%3D*&page_size=0")).AsArray()
            .SelectMany(artifact => artifact!["tags"]?.AsArray().Select(tag => ((string)tag!["name"]!, (string)artifact["digest"]!)) ?? [])
            .OrderBy(tag => tag.Item1, StringComparer.Ordinal);

    /// <summary>Copies into this repository; how that ended, in Harbor's words.</summary>
    public async Task<(int Status, string Message)> CopyAsync(string from, HttpClient? client = null)
    {
        using var answer = await (client ?? harbor.Admin).CallAsync(HttpMethod.Post, $"{Artifacts}?from={Uri.EscapeDataString(from)}");
        return answer.IsSuccessStatusCode ? ((int)answer.StatusCode, answer.Headers.Location!.OriginalString) : await ShortAsync(answer);
    }

    public async Task<(int Status, string Message)> DeleteAsync(string path, HttpClient? client = null)
    {
        using var answer = await (client ?? harbor.Admin).DeleteAsync(Path + path);
        return answer.IsSuccessStatusCode ? ((int)answer.StatusCode, "") : await ShortAsync(answer);
    }

    /// <summary>Nothing that was promised of rows and bytes is broken; the quota is what a recount finds.</summary>
    public static async Task AuditAsync(TestHarbor harbor) => Assert.Empty(
        await new ContentAudit(harbor.Database.ConnectionString, harbor.Services.GetRequiredService<HarborOptions>().StorageDirectory).FindAsync());

    public void Dispose() => Registry.Dispose();

    private static async Task<(int Status, string Message)> ShortAsync(HttpResponseMessage answer)
    {
        var (status, _, message) = await answer.RefusalAsync();
        return (status, message);
    }
}
