using Harbor.Modules.Artifacts.Copying;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Artifacts;

public sealed class CopySourceTests
{
    private const string Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("library/web:v1", "library/web", "v1")]
    [InlineData("library/team/web:v1.2-rc_3", "library/team/web", "v1.2-rc_3")]
    [InlineData($"library/web@{Digest}", "library/web", Digest)]
    public void An_artifact_is_named_by_tag_or_digest(string from, string name, string reference)
    {
        var source = CopySource.Parse(from);

        Assert.Equal((name, reference), (source.Name.Value, source.Reference));
    }

    [Theory]
    [InlineData("", "BAD_REQUEST")]
    [InlineData("web:v1", "BAD_REQUEST")]
    [InlineData("library/Web:v1", "BAD_REQUEST")]
    [InlineData("library/web:", "BAD_REQUEST")]
    [InlineData("library/web:.v1", "BAD_REQUEST")]
    [InlineData("library/web@v1", "BAD_REQUEST")]
    [InlineData("library/web@sha256:short", "BAD_REQUEST")]
    [InlineData($"library/web:v1@{Digest}", "BAD_REQUEST")]
    [InlineData("library:5000/web", "BAD_REQUEST")]
    [InlineData("library/../web:v1", "BAD_REQUEST")]
    [InlineData("library/web", "NOT_FOUND")]
    public void Everything_else_is_refused(string from, string code) =>
        Assert.Equal(code, Assert.Throws<RegistryException>(() => CopySource.Parse(from)).Code.Text);
}
