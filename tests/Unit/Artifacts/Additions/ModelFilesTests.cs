using System.Formats.Tar;
using System.Text;
using Harbor.Modules.Artifacts.Additions;
using Harbor.Oci;
using Harbor.Unit.Artifacts.Archives;
using Xunit;

namespace Harbor.Unit.Artifacts.Additions;

public sealed class ModelFilesTests
{
    [Fact]
    public void The_tree_has_folders_first_and_then_names() => Assert.Equal(
        """[{"name":"src","type":"directory","children":[{"name":"lib","type":"directory","children":[{"name":"z.py","type":"file","size":3}]},{"name":"a.py","type":"file","size":2}]},{"name":"README.md","type":"file","size":1},{"name":"model.bin","type":"file","size":4}]""",
        Tree(("README.md", 1), ("src/a.py", 2), ("src/lib/z.py", 3), ("model.bin", 4)));

    [Theory]
    [InlineData("/../../etc/passwd", """[{"name":"etc","type":"directory","children":[{"name":"passwd","type":"file","size":1}]}]""")]
    [InlineData("a//./b", """[{"name":"a","type":"directory","children":[{"name":"b","type":"file","size":1}]}]""")]
    [InlineData("..", "[]")]
    [InlineData("", "[]")]
    public void Odd_paths_stay_within_the_tree(string path, string tree) => Assert.Equal(tree, Tree((path, 1)));

    [Fact]
    public void A_path_deeper_than_anybody_looks_is_a_name_at_the_last_depth()
    {
        var tree = Tree((string.Join('/', Enumerable.Repeat("d", 100_000)) + "/file", 1));

        Assert.Equal(ModelFiles.MaxDepth, tree.Split("\"children\"").Length - 1);
        Assert.EndsWith("/file\",\"type\":\"file\",\"size\":1}]" + string.Concat(Enumerable.Repeat("}]", ModelFiles.MaxDepth)), tree, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_is_found_by_its_path_and_its_type()
    {
        Descriptor[] layers = [Layer("application/vnd.cncf.model.weight.v1.raw", "README.md", 1), Layer("application/vnd.cncf.model.doc.v1.raw", "docs/README.md", 1), Layer("application/vnd.cncf.model.doc.v1.tar", "README", 1)];

        Assert.Equal(layers[2], ModelFiles.FindDocument(layers, ModelFiles.Readmes));
        Assert.Null(ModelFiles.FindDocument(layers, ModelFiles.Licenses));
    }

    [Fact]
    public async Task The_files_of_an_archive_are_one_text()
    {
        var tar = TarScannerTests.Pack(TarEntryFormat.Pax, ("README.md", "one"), ("more", " two"));

        Assert.Equal("one two", Encoding.UTF8.GetString(await ModelFiles.ConcatenateAsync(new MemoryStream(tar), 7, CancellationToken.None)));
        Assert.Equal(ErrorCode.RequestEntityTooLarge, (await Assert.ThrowsAsync<RegistryException>(() => ModelFiles.ConcatenateAsync(new MemoryStream(tar), 6, CancellationToken.None))).Code);
    }

    private static string Tree(params (string Path, long Size)[] files) =>
        Encoding.UTF8.GetString(ModelFiles.Read([.. files.Select(file => Layer("application/vnd.cncf.model.weight.v1.raw", file.Path, file.Size))]));

    private static Descriptor Layer(string mediaType, string path, long size) =>
        new(mediaType, Digest.Of("x"u8), size, null, [], new Dictionary<string, string> { [ModelFiles.PathAnnotation] = path }, null);
}
