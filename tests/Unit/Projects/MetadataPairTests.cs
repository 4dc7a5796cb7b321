using Harbor.Modules.Projects.Metadata;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Projects;

public sealed class MetadataPairTests
{
    [Theory]
    [InlineData("public", "1", "true")]
    [InlineData("public", "F", "false")]
    [InlineData("enable_content_trust", "TRUE", "true")]
    [InlineData("enable_content_trust_cosign", "t", "true")]
    [InlineData("prevent_vul", "False", "false")]
    [InlineData("auto_scan", "0", "false")]
    [InlineData("auto_sbom_generation", "true", "true")]
    [InlineData("reuse_sys_cve_allowlist", "false", "false")]
    [InlineData("proxy_referrer_api", "True", "true")]
    [InlineData("proxy_cache_local_on_not_found", "T", "true")]
    [InlineData("severity", "HIGH", "high")]
    [InlineData("severity", "Negligible", "none")]
    [InlineData("proxy_speed_kb", "-7", "-7")]
    [InlineData("proxy_speed_kb", "+08", "8")]
    [InlineData("max_upstream_conn", "-1", "-1")]
    [InlineData("max_upstream_conn", "2147483647", "2147483647")]
    public void A_value_is_stored_in_one_form(string key, string value, string stored) =>
        Assert.Equal(new MetadataPair(key, stored), MetadataPair.From(new Dictionary<string, string?> { [key] = value }));

    [Theory]
    [InlineData("public", "yes")]
    [InlineData("public", "tRUE")]
    [InlineData("public", "")]
    [InlineData("public", null)]
    [InlineData("auto_scan", " true")]
    [InlineData("severity", "unknown")]
    [InlineData("severity", "")]
    [InlineData("proxy_speed_kb", "2147483648")]
    [InlineData("proxy_speed_kb", "1.5")]
    [InlineData("proxy_speed_kb", "1 ")]
    [InlineData("max_upstream_conn", "0")]
    [InlineData("max_upstream_conn", "-2")]
    [InlineData("max_upstream_conn", "-0")]
    [InlineData("retention_id", "1")]
    [InlineData("projectScanner", "x")]
    [InlineData("proxy_cache_filter_pattern", "**")]
    [InlineData("proxy_cache_filter_kind", "regex")]
    [InlineData("Public", "true")]
    [InlineData("", "true")]
    [InlineData("owner_id", "1")]
    public void What_a_key_does_not_take_and_keys_that_are_not_set_here_are_refused(string key, string? value) =>
        Assert.Equal(ErrorCode.BadRequest, Assert.Throws<RegistryException>(() => MetadataPair.From(new Dictionary<string, string?> { [key] = value })).Code);

    [Fact]
    public void It_takes_exactly_one_pair_and_of_the_key_that_is_named()
    {
        Dictionary<string, string?> pair = new() { ["auto_scan"] = "true" };

        Refuses(null, null);
        Refuses([], null);
        Refuses(new(pair) { ["prevent_vul"] = "true" }, null);
        Refuses(pair, "prevent_vul");
        Assert.Equal(new MetadataPair("auto_scan", "true"), MetadataPair.From(pair, "auto_scan"));
    }

    [Fact]
    public void A_refusal_repeats_no_more_than_the_beginning_of_what_was_sent()
    {
        var value = new string('a', 63) + string.Concat(Enumerable.Repeat("😀", 1000));

        var refusal = Assert.Throws<RegistryException>(() => MetadataPair.From(new Dictionary<string, string?> { ["severity"] = value }));

        Assert.Equal($"invalid value for metadata severity: \"{new string('a', 63)}...\"", refusal.Message);
    }

    private static void Refuses(Dictionary<string, string?>? body, string? key) =>
        Assert.Equal(ErrorCode.BadRequest, Assert.Throws<RegistryException>(() => MetadataPair.From(body, key)).Code);
}
