using Harbor.Oci;
using Harbor.Storage;
using Harbor.Storage.FileSystem;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Content.Storage;

public sealed class FileSystemBlobStoreTests : BlobStoreSuite, IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public FileSystemBlobStoreTests() => Store = Reopened();

    protected override IBlobStore Store { get; }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Blobs_lie_where_distribution_keeps_them_and_its_own_are_read_in_place()
    {
        var content = TestImage.Bytes(1);
        var digest = Digest.Of(content);
        var directory = folder[$"storage/docker/registry/v2/blobs/sha256/{digest.Hex[..2]}/{digest.Hex}"];

        await PublishAsync(content);
        await File.WriteAllBytesAsync(Path.Combine(directory, "data"), content, CancellationToken.None);

        Assert.Equal(2, Directory.GetFiles(directory).Length);
        using var adopted = Store.Open(Store.CanonicalOf(digest))!;
        Assert.Equal(content, await ContentHost.ReadAsync(adopted, 0));
    }

    [Fact]
    public async Task Erasing_the_last_copy_leaves_its_directory_for_who_may_be_about_to_use_it()
    {
        var content = TestImage.Bytes(1);
        var digest = Digest.Of(content);

        await Store.EraseAsync(await PublishAsync(content), CancellationToken.None);

        Assert.True(Directory.Exists(folder[$"storage/docker/registry/v2/blobs/sha256/{digest.Hex[..2]}/{digest.Hex}"]));
    }

    [Fact]
    public void A_name_that_is_taken_is_never_overwritten()
    {
        File.WriteAllText(folder["from"], "new");
        File.WriteAllText(folder["to"], "old");

        Assert.Throws<IOException>(() => new PosixFiles().Rename(folder["from"], folder["to"]));

        Assert.Equal("old", File.ReadAllText(folder["to"]));
        Assert.True(File.Exists(folder["from"]));
    }

    [Fact]
    public void A_rename_to_another_file_system_fails_and_is_not_made_a_copy_that_nobody_syncs()
    {
        const string Memory = "/dev/shm";
        Requires.That(Directory.Exists(Memory) && new DriveInfo(Memory).RootDirectory.FullName != new DriveInfo(folder.Path).RootDirectory.FullName, "needs a second file system");
        File.WriteAllText(folder["from"], "bytes");
        var to = Path.Combine(Memory, Path.GetFileName(folder.Path));

        Assert.ThrowsAny<IOException>(() => new PosixFiles().Rename(folder["from"], to));

        Assert.False(File.Exists(to));
        Assert.True(File.Exists(folder["from"]));
    }

    [Fact]
    public async Task Where_files_have_one_name_only_the_bytes_are_copied()
    {
        var content = TestImage.Bytes(1, 3_000_000);
        var store = new FileSystemBlobStore(folder["storage"], new OneNamePerFile());
        var first = await PublishAsync(content);
        var second = store.BlobOf(Digest.Of(content), Guid.NewGuid());

        Assert.True(await store.DuplicateAsync(first, second, CancellationToken.None));

        await Store.EraseAsync(first, CancellationToken.None);
        using var source = Store.Open(second)!;
        Assert.Equal(content, await ContentHost.ReadAsync(source, 0));
        Assert.Equal(1, CountObjects());
    }

    protected override IBlobStore Reopened() => new FileSystemBlobStore(folder["storage"], new PosixFiles());

    protected override int CountObjects() => Directory.GetFiles(folder["storage"], "*", SearchOption.AllDirectories).Length;

    private sealed class OneNamePerFile : PosixFiles
    {
        public override LinkResult Link(string from, string to) => LinkResult.Unsupported;
    }
}
