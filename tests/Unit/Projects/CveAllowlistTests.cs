using Harbor.Contracts;
using Harbor.Modules.Projects;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Projects;

public sealed class CveAllowlistTests
{
    [Fact]
    public void A_list_is_stored_and_shown_in_its_order()
    {
        var list = CveAllowlist.From(Request("CVE-2", "CVE-1"), projectId: 7);

        Assert.Equal(["CVE-2", "CVE-1"], CveAllowlist.ItemsFrom(list.ItemsJson).Select(item => item.CveId));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(0L, true)]
    [InlineData(7L, true)]
    [InlineData(8L, false)]
    public void A_list_may_name_no_project_or_its_own(long? projectId, bool accepted)
    {
        var request = Request("CVE-1") with { ProjectId = projectId };

        if (accepted)
        {
            Assert.Equal(["CVE-1"], CveAllowlist.From(request, 7).CveIds);
        }
        else
        {
            Assert.Equal(ErrorCode.BadRequest, Assert.Throws<RegistryException>(() => CveAllowlist.From(request, 7)).Code);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void An_item_without_an_id_is_refused(string? id) =>
        Assert.Equal(ErrorCode.BadRequest, Assert.Throws<RegistryException>(() => CveAllowlist.From(Request(id), 7)).Code);

    [Fact]
    public void An_id_that_stands_twice_is_refused() =>
        Assert.Equal(ErrorCode.BadRequest, Assert.Throws<RegistryException>(() => CveAllowlist.From(Request("CVE-1", "CVE-1"), 7)).Code);

    private static CveAllowlistRequest Request(params string?[] ids) => new() { Items = [.. ids.Select(id => new CveAllowlistItemDto { CveId = id })] };
}
