using System.Reflection;
using Harbor.Contracts;
using Harbor.Modules.Configuration;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Configuration;

public sealed class KnownSettingsTests
{
    [Fact]
    public void Every_setting_is_declared_once()
    {
        var fields = typeof(KnownSettings).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<Setting>().ToList();

        Assert.Equal(fields, KnownSettings.All);
        Assert.Equal(fields.Count, fields.Select(setting => setting.Name).Distinct().Count());
        Assert.Empty(SystemSettings.All.Select(each => each.Setting.Name).Intersect(fields.Select(setting => setting.Name)));
    }

    [Fact]
    public void The_bodies_of_the_api_have_a_field_for_every_setting_that_may_be_set_or_shown()
    {
        Assert.Equal(Names(KnownSettings.All.Where(setting => setting.IsSettable)), FieldsOf<ConfigurationsRequest>());
        Assert.Equal(Names(KnownSettings.All.Where(setting => setting.IsShown)), FieldsOf<ConfigurationsDto>());
    }

    [Fact]
    public void Every_default_but_an_empty_one_is_a_value_that_may_be_set()
    {
        var none = new SettingValues(new Dictionary<string, string>());
        foreach (var setting in KnownSettings.All)
        {
            var text = setting.ValueIn(none) switch { bool flag => flag ? "true" : "false", var other => $"{other}" };
            Assert.True(text.Length == 0 || setting.Accept(text) == text, setting.Name);
        }
    }

    [Fact]
    public void A_refusal_does_not_repeat_the_value()
    {
        var refusal = Assert.Throws<RegistryException>(() => KnownSettings.OidcClientSecret.Accept("s3cret\0"));

        Assert.Equal((ErrorCode.BadRequest, "oidc_client_secret must be a text"), (refusal.Code, refusal.Message));
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData(" { } ", "{}")]
    [InlineData("""{"b":"2","a":"1","b":"3"}""", """{"a":"1","b":"3"}""")]
    [InlineData("""{"ü":"<&>"}""", """{"ü":"<&>"}""")]
    public void A_map_is_kept_in_one_form(string given, string kept) => Assert.Equal(kept, KnownSettings.OidcExtraRedirectParameters.Accept(given));

    [Theory]
    [InlineData("null")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":{}}""")]
    public void What_is_no_map_of_texts_is_refused(string given) => Assert.Throws<RegistryException>(() => KnownSettings.OidcExtraRedirectParameters.Accept(given));

    [Theory]
    [InlineData("(a{1000}){1000}")]
    [InlineData("(?=a)")]
    [InlineData("a{2,1}")]
    public void A_pattern_that_might_take_for_ever_is_none(string pattern) => Assert.Throws<RegistryException>(() => KnownSettings.OidcGroupFilter.Accept(pattern));

    private static IEnumerable<string> FieldsOf<T>() => HarborJson.TypeInfo<T>().Properties.Select(property => property.Name).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Names(IEnumerable<Setting> settings) => settings.Select(setting => setting.Name).Order(StringComparer.Ordinal);
}
