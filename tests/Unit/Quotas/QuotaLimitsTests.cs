using Harbor.Contracts;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Quotas;

public sealed class QuotaLimitsTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(1125899906842624)]
    public void A_limit_is_none_or_at_most_1024_tebibytes(long bytes) =>
        Assert.Equal(bytes, QuotaLimits.From(new QuotaUpdateRequest { Hard = new Dictionary<string, long> { ["storage"] = bytes } }));

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(1125899906842625)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void What_is_no_limit_is_refused(long bytes) => Refuses(new Dictionary<string, long> { ["storage"] = bytes });

    [Fact]
    public void Storage_must_be_limited_and_nothing_else()
    {
        Refuses(null);
        Refuses([]);
        Refuses(new Dictionary<string, long> { ["count"] = 1 });
        Refuses(new Dictionary<string, long> { ["storage"] = 1, ["count"] = 1 });
        Refuses(new Dictionary<string, long> { ["Storage"] = 1 });
    }

    private static void Refuses(Dictionary<string, long>? hard) =>
        Assert.Equal(ErrorCode.BadRequest, Assert.Throws<RegistryException>(() => QuotaLimits.From(new QuotaUpdateRequest { Hard = hard })).Code);
}
