using System.Text;
using Xunit;

namespace Harbor.Integration.Api;

public sealed class IconTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    [Theory]
    [InlineData("0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06")]
    [InlineData("61cf3a178ff0f75bf08a25d96b75cf7355dc197749a9f128ed3ef34b0df05518")]
    [InlineData("089bdda265c14d8686111402c8ad629e8177a1ceb7dcd0f7f39b6480f623b3bd")]
    [InlineData("badd7693bcaf115be202748241dd0ea6ee3b0524bfab9ac22d1e1c43721afec6")]
    [InlineData("1e1e5c5fdaf0931ec8655e835d1182f723a0c322a6760211622e1270f0193717")]
    [InlineData("da834479c923584f4cbcdecc0dac61f32bef1d51e8aae598cf16bd154efab49f")]
    [InlineData("20401d5b3a0f6dbc607c8d732eb08471af4ae6b19811a4efce8c6a724aed2882")]
    [InlineData("3ac706e102bbe9362b400aa162df58135d35e66b9c3bee2165de92022d25fe34")]
    [InlineData("dfcb6617cd9c144358dc1b305b87bbe34f0b619f1e329116e6aee2e41f2e34cf")]
    [InlineData("c19f80c357cd7e90d2a01b9ae3e2eb62ce447a2662bb590a19177d72d550bdae")]
    public async Task Every_kind_of_artifact_has_a_picture_under_the_digest_that_clients_know(string digest)
    {
        var icon = await api.Anonymous.JsonAsync($"/api/v2.0/icons/sha256:{digest}");

        Assert.Equal(["content", "content-type"], icon.AsObject().Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal("image/png", (string)icon["content-type"]!);
        var picture = Convert.FromBase64String((string)icon["content"]!);
        Assert.Equal(Png, picture[..8]);
        Assert.Equal("IEND", Encoding.ASCII.GetString(picture[^8..^4]));
    }

    [Fact]
    public async Task The_icons_that_artifacts_and_accessories_name_can_be_fetched()
    {
        var project = await api.ProjectAsync(isPublic: true);
        var subject = await api.ArtifactAsync(project, "web", ["v1"]);
        await api.ArtifactAsync(project, "web", ["other"], type: "SOMETHING");
        await api.AccessoryAsync(await api.ArtifactAsync(project, "web", []), subject);

        var artifacts = await api.Admin.JsonAsync($"/api/v2.0/projects/{project}/repositories/web/artifacts");
        var accessories = await api.Admin.JsonAsync($"/api/v2.0/projects/{project}/repositories/web/artifacts/v1/accessories");

        var icons = artifacts.Names("icon").Concat(accessories.Names("icon")).Distinct().ToList();
        Assert.Equal(3, icons.Count);
        foreach (var icon in icons)
        {
            await api.Anonymous.JsonAsync($"/api/v2.0/icons/{icon}");
        }
    }

    [Theory]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000", 404, "NOT_FOUND")]
    [InlineData("sha256:0048", 400, "BAD_REQUEST")]
    [InlineData("sha256:0048162A053EEF4D4CE3FE7518615BEF084403614F8BCA43B40AE2E762E11E06", 400, "BAD_REQUEST")]
    [InlineData("md5:0048162a053eef4d4ce3fe7518615bef", 400, "BAD_REQUEST")]
    [InlineData("x", 400, "BAD_REQUEST")]
    public async Task An_unknown_icon_is_missing_and_a_malformed_digest_a_bad_request(string digest, int status, string code)
    {
        var refusal = await api.Anonymous.RefusalAsync($"/api/v2.0/icons/{digest}");

        Assert.Equal((status, code), (refusal.Status, refusal.Code));
    }
}
