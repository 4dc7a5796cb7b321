using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.Registry;

/// <summary>The accounts that other tests rely on notice when something does not add up. They damage a server of their own.</summary>
public sealed class AccountsTests(AccountsTests.OwnHarbor own) : IClassFixture<AccountsTests.OwnHarbor>
{
    [Theory]
    [InlineData("UPDATE repository_blob SET uses = uses + 1", "UPDATE repository_blob SET uses = uses - 1")]
    [InlineData("UPDATE repository_blob SET charged = false", "UPDATE repository_blob SET charged = true")]
    [InlineData("UPDATE project_blob SET count = count + 1", "UPDATE project_blob SET count = count - 1")]
    [InlineData("UPDATE project_blob SET size = size + 1", "UPDATE project_blob SET size = size - 1")]
    [InlineData("UPDATE quota SET used = used + 1", "UPDATE quota SET used = used - 1")]
    [InlineData("UPDATE artifact SET deletion_id = 1", "UPDATE artifact SET deletion_id = NULL")]
    [InlineData("INSERT INTO blob (digest, size, location, pushed_at) VALUES ('x', 0, 'nowhere', now())", "DELETE FROM blob WHERE digest = 'x'")]
    [InlineData("UPDATE blob_review SET blob_id = -blob_id", "UPDATE blob_review SET blob_id = -blob_id")]
    [InlineData("UPDATE manifest SET content = content || ' '", "UPDATE manifest SET content = substr(content, 1, length(content) - 1)")]
    [InlineData("UPDATE blob SET location = location || 'x'", "UPDATE blob SET location = rtrim(location, 'x')")]
    [InlineData("UPDATE blob SET size = size + 1", "UPDATE blob SET size = size - 1")]
    public async Task A_row_that_does_not_add_up_is_noticed(string damage, string repair)
    {
        await Accounts.CheckAsync(own.Harbor);
        await own.Harbor.Database.QueryAsync(damage);

        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Accounts.CheckAsync(own.Harbor));

        await own.Harbor.Database.QueryAsync(repair);
        await Accounts.CheckAsync(own.Harbor);
    }

    [Fact]
    public async Task A_file_that_nobody_owns_or_that_is_missing_is_noticed()
    {
        var file = Directory.EnumerateFiles(Path.Combine(own.Harbor.DataDirectory, "storage", "docker"), "*", SearchOption.AllDirectories).First();

        File.Copy(file, file + "x");
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Accounts.CheckAsync(own.Harbor));

        File.Delete(file);
        File.Delete(file + "x");
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Accounts.CheckAsync(own.Harbor));
        await File.WriteAllBytesAsync(file, own.Contents[Path.GetFileName(Path.GetDirectoryName(file))!], TestContext.Current.CancellationToken);
        await Accounts.CheckAsync(own.Harbor);
    }

    public sealed class OwnHarbor : IAsyncLifetime
    {
        public TestHarbor Harbor { get; private set; } = null!;

        /// <summary>The blobs by the hex of their digests.</summary>
        public Dictionary<string, byte[]> Contents { get; } = [];

        public async ValueTask InitializeAsync()
        {
            Harbor = await TestHarbor.StartAsync();
            var repository = new TestRepository(Harbor, Harbor.Admin, "library/web");
            await repository.PushImageAsync();
            await repository.PushBlobAsync(Content.Random());
            await Harbor.Database.QueryAsync("INSERT INTO deletion (id, repository_id, deleted_at, deleted_by, reason) SELECT 1, min(id), now(), '', '' FROM repository");
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Harbor.DataDirectory, "storage", "docker"), "*", SearchOption.AllDirectories))
            {
                Contents[Path.GetFileName(Path.GetDirectoryName(file))!] = await File.ReadAllBytesAsync(file);
            }
        }

        public ValueTask DisposeAsync() => Harbor.DisposeAsync();
    }
}
