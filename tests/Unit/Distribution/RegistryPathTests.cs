using FsCheck.Fluent;
using Harbor.Distribution.Routing;
using Harbor.Oci;
using Harbor.Unit.Oci;
using Xunit;

namespace Harbor.Unit.Distribution;

/// <summary>Paths of OCI distribution-spec 1.1, "Endpoints", read from the right.</summary>
public sealed class RegistryPathTests
{
    private const string Hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private static readonly string[] Pieces =
    [
        "/v2/", "/v2", "/", "//", "_catalog", "library", "web", "tags", "list", "/tags/list", "manifests", "/manifests/", "blobs", "/blobs/", "uploads",
        "/blobs/uploads", "/blobs/uploads/", "referrers", "/referrers/", "latest", $"sha256:{Hex}", "..", ".", "%2F", "%2e%2e", "A", "-", "_", "\0", "é", "\ud83d", "",
    ];

    [Theory]
    [InlineData("/v2/", "Ping", "", "")]
    [InlineData("/v2/_catalog", "Catalog", "", "")]
    [InlineData("/v2/library/web/tags/list", "Tags", "library/web", "")]
    [InlineData("/v2/library/web/manifests/latest", "Manifest", "library/web", "latest")]
    [InlineData($"/v2/library/web/manifests/sha256:{Hex}", "Manifest", "library/web", $"sha256:{Hex}")]
    [InlineData($"/v2/library/web/blobs/sha256:{Hex}", "Blob", "library/web", $"sha256:{Hex}")]
    [InlineData($"/v2/library/web/referrers/sha256:{Hex}", "Referrers", "library/web", $"sha256:{Hex}")]
    [InlineData("/v2/library/web/blobs/uploads", "Uploads", "library/web", "")]
    [InlineData("/v2/library/web/blobs/uploads/", "Uploads", "library/web", "")]
    [InlineData("/v2/library/web/blobs/uploads/0192", "Upload", "library/web", "0192")]
    [InlineData("/v2/library/a/b/c/d/manifests/v1", "Manifest", "library/a/b/c/d", "v1")]
    public void A_path_says_what_is_asked_for(string path, string target, string name, string reference) =>
        Assert.Equal((target, name, reference), Told(RegistryPath.Parse(path)));

    [Theory]
    [InlineData("/v2/library/tags/list/tags/list", "Tags", "library/tags/list", "")]
    [InlineData("/v2/library/manifests/latest/manifests/latest", "Manifest", "library/manifests/latest", "latest")]
    [InlineData("/v2/library/blobs/uploads/blobs/uploads/", "Uploads", "library/blobs/uploads", "")]
    [InlineData("/v2/library/blobs/uploads/blobs/uploads/x", "Upload", "library/blobs/uploads", "x")]
    [InlineData("/v2/library/referrers/manifests/tags", "Manifest", "library/referrers", "tags")]
    public void A_repository_may_be_named_like_a_part_of_the_protocol(string path, string target, string name, string reference) =>
        Assert.Equal((target, name, reference), Told(RegistryPath.Parse(path)));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v2")]
    [InlineData("/v3/")]
    [InlineData("/v2/library")]
    [InlineData("/v2/library/web")]
    [InlineData("/v2/library/web/manifests")]
    [InlineData("/v2/library/web/manifests/")]
    [InlineData("/v2//manifests/latest")]
    [InlineData("/v2/manifests/latest")]
    [InlineData("/v2/Library/web/manifests/latest")]
    [InlineData("/v2/library/WEB/manifests/latest")]
    [InlineData("/v2/library/../web/manifests/latest")]
    [InlineData("/v2/library/%2e%2e/manifests/latest")]
    [InlineData("/v2/library%2Fweb/manifests/latest")]
    [InlineData("/v2/library/web\0/manifests/latest")]
    [InlineData("/v2/_catalog/")]
    [InlineData("/v2/library/web/tags/list/")]
    public void What_is_no_path_of_the_protocol_is_not_recognized(string path) =>
        Assert.Same(RegistryPath.Unrecognized, RegistryPath.Parse(path));

    [Fact]
    public void A_recognized_path_can_be_put_together_again_from_its_parts_and_any_other_is_refused_without_a_fault()
    {
        var path = Gen.Elements(Pieces).ArrayOf().Select(pieces => "/v2/" + string.Concat(pieces));
        HostileText.Check(Prop.ForAll(Arb.From(path), text =>
        {
            var parsed = RegistryPath.Parse(text);
            return parsed.Target == RegistryTarget.Unknown ? ReferenceEquals(parsed, RegistryPath.Unrecognized) : Composed(parsed).Contains(text);
        }));
    }

    [Fact]
    public void Every_valid_name_and_reference_is_found_again()
    {
        var name = HostileText.UpTo(RepositoryName.MaxLength).Filter(text => RepositoryName.TryParse(text, out _));
        HostileText.Check(Prop.ForAll(name, text =>
            Told(RegistryPath.Parse($"/v2/{text}/manifests/v1")) == ("Manifest", text, "v1")
            && Told(RegistryPath.Parse($"/v2/{text}/blobs/sha256:{Hex}")) == ("Blob", text, $"sha256:{Hex}")
            && Told(RegistryPath.Parse($"/v2/{text}/tags/list")) == ("Tags", text, string.Empty)));
    }

    private static (string Target, string Name, string Reference) Told(RegistryPath path) => (path.Target.ToString(), path.Name.ToString(), path.Reference);

    private static IEnumerable<string> Composed(RegistryPath path) => path.Target switch
    {
        RegistryTarget.Ping => ["/v2/"],
        RegistryTarget.Catalog => ["/v2/_catalog"],
        RegistryTarget.Tags => [$"/v2/{path.Name}/tags/list"],
        RegistryTarget.Manifest => [$"/v2/{path.Name}/manifests/{path.Reference}"],
        RegistryTarget.Blob => [$"/v2/{path.Name}/blobs/{path.Reference}"],
        RegistryTarget.Uploads => [$"/v2/{path.Name}/blobs/uploads", $"/v2/{path.Name}/blobs/uploads/"],
        RegistryTarget.Upload => [$"/v2/{path.Name}/blobs/uploads/{path.Reference}"],
        RegistryTarget.Referrers => [$"/v2/{path.Name}/referrers/{path.Reference}"],
        _ => [],
    };
}
