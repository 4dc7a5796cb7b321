using System.Net;
using Harbor.Oci;
using Xunit;

namespace Harbor.Integration.Content.Crashes;

/// <summary>
/// One of everything a client does to content, in two repositories of its own, and the book it keeps: what it was told is there,
/// and what it was told is gone.
/// </summary>
internal sealed class PushScenario
{
    // What is at a path of a repository: bytes, or null for nothing. Paths of unanswered requests are not in it.
    private readonly Dictionary<(string Repository, string Path), byte[]?> told = [];
    private readonly (string Name, Action Claims, Func<RegistryClient, RegistryClient, Task> Send)[] steps;
    private readonly string web;
    private readonly string other;

    /// <param name="age">Makes links that nothing uses older than half the grace, so that asking for them renews them; null: they stay young.</param>
    public PushScenario(int seed, Func<Task>? age = null)
    {
        (web, other) = ($"library/push-{seed}", $"library/mounted-{seed}");
        var image = TestImage.Of($"image {seed}", TestImage.Bytes((10 * seed) + 1, 20_000), TestImage.Bytes((10 * seed) + 2, 9_000));
        var child = TestImage.Of($"child {seed}", image.Layers[0]);
        var index = TestManifest.Index(image.Manifest, child.Manifest);
        var mounted = TestImage.Of($"mounted {seed}", image.Layers[1]);
        var loose = TestImage.Bytes((10 * seed) + 3, 3_000);
        steps =
        [
            ("push a layer in chunks", () => Tell(web, image.Layers[0]), (to, _) => to.PutInChunksAsync(image.Layers[0], 2)),
            ("push a layer in one request", () => Tell(web, image.Layers[1]), (to, _) => to.PostAsync(image.Layers[1])),
            ("push a config", () => Tell(web, image.Config), (to, _) => to.PutAsync(image.Config)),
            ("push an image", () => Tell(web, image.Manifest, "v1"), (to, _) => to.PushAsync(image.Manifest, "v1")),
            ("push another config", () => Tell(web, child.Config), (to, _) => to.PutAsync(child.Config)),
            ("push a child", () => Tell(web, child.Manifest), (to, _) => to.PushAsync(child.Manifest)),
            ("push an index", () => Tell(web, index, "all"), (to, _) => to.PushAsync(index, "all")),
            ("mount a layer", () => Tell(other, image.Layers[1]), (_, to) => to.MountAsync(Digest.Of(image.Layers[1]), web)),
            ("push the config of an image with it", () => Tell(other, mounted.Config), (_, to) => to.PutAsync(mounted.Config)),
            ("push that image", () => Tell(other, mounted.Manifest, "v1"), (_, to) => to.PushAsync(mounted.Manifest, "v1")),
            ("push an unused blob", () => Tell(web, loose), (to, _) => to.PutAsync(loose)),
            ("ask for it", () => { }, async (to, _) =>
            {
                await (age?.Invoke() ?? Task.CompletedTask);
                Assert.Equal(HttpStatusCode.OK, await to.HeadAsync(Blob(loose)));
            }),
            ("delete the index", () => TellGone(Manifest(index), "manifests/all", Manifest(child.Manifest)), (to, _) => to.DeleteAsync(Manifest(index))),
            ("take it back", () => TellBoth(index, child.Manifest), (to, _) => to.RestoreLastAsync()),
            ("delete it again", () => TellGone(Manifest(index), "manifests/all", Manifest(child.Manifest)), (to, _) => to.DeleteAsync(Manifest(index))),
            ("delete the unused blob", () => TellGone(Blob(loose)), (to, _) => to.DeleteAsync(Blob(loose))),
        ];
    }

    /// <summary>Does one step after another until a server no longer answers.</summary>
    /// <returns>Null when all steps were answered; else the name of the one that was not.</returns>
    public async Task<string?> RunAsync(Uri server)
    {
        using var to = new RegistryClient(server, web);
        using var mounted = new RegistryClient(server, other);
        foreach (var (name, claims, send) in steps)
        {
            var before = told.ToDictionary();
            claims();
            try
            {
                await send(to, mounted);
            }
            catch (Exception e)
            {
                // No answer: it may have happened, or not. What the step would have changed is not known any more.
                foreach (var path in told.Keys.Where(path => !before.TryGetValue(path, out var was) || was != told[path]).ToList())
                {
                    told.Remove(path);
                }

                if (e is HttpRequestException)
                {
                    return name;
                }

                throw;
            }
        }

        return null;
    }

    /// <summary>Asserts that everything it was told is so.</summary>
    /// <param name="later">Whether the grace is over: then a blob may be gone that no manifest came to name.</param>
    public async Task CheckAsync(Uri server, bool later = false)
    {
        using var to = new RegistryClient(server, web);
        using var mounted = new RegistryClient(server, other);
        foreach (var ((repository, path), content) in told.Where(each => !later || each.Key.Path.StartsWith("manifests/", StringComparison.Ordinal)))
        {
            Assert.Equal(content, await (repository == web ? to : mounted).GetAsync(path));
        }
    }

    private void Tell(string repository, byte[] blob) => told[(repository, Blob(blob))] = blob;

    private void Tell(string repository, TestManifest manifest, string? tag = null)
    {
        told[(repository, Manifest(manifest))] = manifest.Content;
        if (tag is not null)
        {
            told[(repository, $"manifests/{tag}")] = manifest.Content;
        }
    }

    private void TellBoth(TestManifest index, TestManifest child)
    {
        Tell(web, index, "all");
        Tell(web, child);
    }

    private void TellGone(params string[] paths) => Array.ForEach(paths, path => told[(web, path)] = null);

    private static string Blob(byte[] content) => $"blobs/{Digest.Of(content)}";

    private static string Manifest(TestManifest manifest) => $"manifests/{manifest.Digest}";
}
