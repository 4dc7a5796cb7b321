using System.Security.Cryptography;
using System.Text;
using Harbor.Platform.Data;
using Harbor.Platform.Security;
using Harbor.Platform.Settings;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class SecretsTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task Two_replicas_that_ask_at_once_get_one_secret()
    {
        await using var one = await TestHarbor.StartAsync();
        await using var other = await one.ReplicaAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => SecretsOf(i % 2 == 0 ? one : other)
            .GetOrCreateAsync("shared", () => RandomNumberGenerator.GetBytes(32), CancellationToken.None)));

        Assert.Single(answers.Select(Convert.ToHexString).Distinct());
    }

    [Fact]
    public async Task A_secret_is_not_in_the_database_as_it_is()
    {
        await using var harbor = await TestHarbor.StartAsync();
        var secret = "a-secret-that-is-easily-recognised"u8.ToArray();

        await SecretsOf(harbor).GetOrCreateAsync("shown", () => secret, CancellationToken.None);

        var stored = (byte[])(await harbor.Database.QueryAsync("SELECT value FROM instance_secret WHERE name = 'shown'"))!;
        Assert.True(stored.AsSpan().IndexOf("recognised"u8) < 0);
        Assert.Equal(secret, await SecretsOf(harbor).GetOrCreateAsync("shown", () => [], CancellationToken.None));
    }

    [Fact]
    public async Task A_server_with_another_key_is_refused_at_the_start()
    {
        await using var database = await TestDatabase.CreateAsync(empty: true);
        await using var first = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["one"], Database = database.ConnectionString });

        var (exitCode, error) = await DataDirectoryTests.RefusalAsync(new HarborProcessOptions { DataDirectory = folder["two"], Database = database.ConnectionString });

        Assert.Equal(1, exitCode);
        Assert.Contains("encrypted with another key. Set HARBOR_SECRET_KEY", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_box_opens_with_its_key_for_its_purpose_and_unchanged_only()
    {
        var box = Box("0123456789abcdef");
        var closed = box.Encrypt("text"u8, "here");

        Assert.Equal("text", Encoding.UTF8.GetString(box.Decrypt(closed, "here")));
        Assert.NotEqual(closed, box.Encrypt("text"u8, "here"));
        Assert.ThrowsAny<CryptographicException>(() => box.Decrypt(closed, "there"));
        Assert.ThrowsAny<CryptographicException>(() => Box("0123456789abcdeF").Decrypt(closed, "here"));
        for (var i = 0; i < closed.Length; i++)
        {
            var changed = closed.ToArray();
            changed[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => box.Decrypt(changed, "here"));
            Assert.ThrowsAny<CryptographicException>(() => box.Decrypt(closed.AsSpan(0, i), "here"));
        }
    }

    [Fact]
    public void The_key_file_is_made_once_even_by_many_at_once()
    {
        var boxes = Enumerable.Range(0, 16).AsParallel().WithDegreeOfParallelism(16).Select(_ => SecretBox.Open(Settings(null))).ToList();
        var closed = boxes[0].Encrypt("text"u8, "here");

        Assert.All(boxes, box => Assert.Equal("text"u8.ToArray(), box.Decrypt(closed, "here")));
        Assert.Equal(["secret-key"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("too-short")]
    public void A_key_file_that_holds_no_key_is_refused(string text)
    {
        File.WriteAllText(folder["secret-key"], text);

        Assert.Throws<StartupException>(() => SecretBox.Open(Settings(null)));
    }

    public void Dispose() => folder.Dispose();

    private static InstanceSecrets SecretsOf(TestHarbor harbor) => harbor.Services.GetRequiredService<InstanceSecrets>();

    private SecretBox Box(string key) => SecretBox.Open(Settings(key));

    private HarborOptions Settings(string? key) => new() { DataDirectory = folder.Path, SecretKey = key is null ? null : new Secret(key) };
}
