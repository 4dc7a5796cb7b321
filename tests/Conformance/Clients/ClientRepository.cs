using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.Clients;

/// <summary>How foreign clients call a test's repository.</summary>
internal static class ClientRepository
{
    public const string Credentials = $"admin:{TestHarbor.AdminPassword}";

    public static string Host(this TestRepository repository) => repository.Harbor.Url.Authority;

    public static string Image(this TestRepository repository, string tag) => $"{repository.Host()}/{repository.Name}:{tag}";

    public static async Task<string> DigestAsync(this TestRepository repository, string reference) =>
        (await repository.HeadAsync($"manifests/{reference}")).Is(HttpStatusCode.OK).Header("Docker-Content-Digest")!;

    public static ClientProgram Skopeo() => new("skopeo", []);

    public static async Task PushAsync(this TestRepository repository, string source, string tag, params string[] options) =>
        await Skopeo().RunAsync(["copy", "--quiet", "--dest-tls-verify=false", "--dest-creds", Credentials, .. options, source, $"docker://{repository.Image(tag)}"]);

    public static async Task PullAsync(this TestRepository repository, string tag, string target, params string[] options) =>
        await Skopeo().RunAsync(["copy", "--quiet", "--src-tls-verify=false", "--src-creds", Credentials, .. options, $"docker://{repository.Image(tag)}", target]);

    /// <summary>Asserts that every blob and manifest of an image in one OCI layout lies, byte for byte, in the other.</summary>
    /// <returns>How many there are, and their bytes.</returns>
    public static (int Count, long Bytes) SameBlobs(string pulled, string original)
    {
        var files = Directory.GetFiles(Path.Combine(pulled, "blobs", "sha256"));
        var bytes = 0L;
        foreach (var file in files)
        {
            var (got, was) = (File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(original, "blobs", "sha256", Path.GetFileName(file))));
            Assert.True(got.AsSpan().SequenceEqual(was), $"{file} differs");
            bytes += got.Length;
        }

        return (files.Length, bytes);
    }
}
