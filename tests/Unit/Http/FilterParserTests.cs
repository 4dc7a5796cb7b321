using Harbor.Oci;
using Harbor.Platform.Http.Listing;
using Xunit;

namespace Harbor.Unit.Http;

public sealed class FilterParserTests
{
    [Theory]
    [InlineData("name=web", FilterOperator.Equal, "web")]
    [InlineData("name=a=b", FilterOperator.Equal, "a=b")]
    [InlineData("name=~web", FilterOperator.Contains, "web")]
    [InlineData(@"name=\~web", FilterOperator.Equal, "~web")]
    [InlineData(@"name=\\x", FilterOperator.Equal, @"\x")]
    [InlineData("name=[1~9]", FilterOperator.Range, "1|9")]
    [InlineData("name=[~9]", FilterOperator.Range, "|9")]
    [InlineData("name=[1~]", FilterOperator.Range, "1|")]
    [InlineData("name={a b}", FilterOperator.AnyOf, "a|b")]
    [InlineData("name={\"a\" 'b'}", FilterOperator.AnyOf, "a|b")]
    [InlineData("name={}", FilterOperator.AnyOf, "")]
    [InlineData("name=(1 2)", FilterOperator.AllOf, "1|2")]
    [InlineData("name__gte=3", FilterOperator.GreaterOrEqual, "3")]
    [InlineData("name__in=3", FilterOperator.AnyOf, "3")]
    [InlineData("name__icontains=x", FilterOperator.Contains, "x")]
    [InlineData("name%3Dweb", FilterOperator.Equal, "web")]
    [InlineData("name=100%", FilterOperator.Equal, "100%")]
    [InlineData("name=a+b", FilterOperator.Equal, "a b")]
    public void Each_form_of_value_is_read_as_what_it_means(string text, FilterOperator expected, string values)
    {
        var condition = Assert.Single(FilterParser.Parse(text).Conditions);

        Assert.Equal(("name", expected), (condition.Key, condition.Operator));
        Assert.Equal(values, string.Join('|', condition.Values));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("=web")]
    [InlineData("name=")]
    [InlineData("name=a,")]
    [InlineData("name=~")]
    [InlineData("name=[a]")]
    [InlineData("name=[~]")]
    [InlineData("name=[a~b~c]")]
    [InlineData("name=[a~b")]
    [InlineData("name={a")]
    [InlineData("name=(a")]
    [InlineData("name=[")]
    public void What_is_not_in_the_language_is_a_bad_request(string text)
    {
        var refusal = Assert.Throws<RegistryException>(() => FilterParser.Parse(text));

        Assert.Equal(ErrorCode.BadRequest, refusal.Code);
    }

    [Theory]
    [InlineData("name__startswith=a")]
    [InlineData("project__owner__name=a")]
    [InlineData("name__gte=~a")]
    public void A_comparison_that_is_unknown_or_in_conflict_is_passed_over(string text) =>
        Assert.Empty(FilterParser.Parse(text).Conditions);

    [Fact]
    public void Of_a_key_given_twice_the_last_value_stands()
    {
        var condition = Assert.Single(FilterParser.Parse("name=a,name=b").Conditions);

        Assert.Equal("b", condition.Value);
    }

    [Theory]
    [InlineData("project_id", "project_id")]
    [InlineData("ProjectID", "project_id")]
    [InlineData("ProjectId", "project_id")]
    [InlineData("projectID", "project_id")]
    [InlineData("PushTime", "push_time")]
    [InlineData("URLPath", "url_path")]
    [InlineData("Name", "name")]
    public void A_key_may_be_the_column_or_the_name_of_the_field(string key, string column) => Assert.True(FilterKey.Names(key, column));

    [Fact]
    public void Any_text_is_either_read_or_refused()
    {
        var random = new Random(20240501);
        const string alphabet = "ab=~[](){},\\%25 _+\"'\0é\ud83d";
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            try
            {
                Assert.All(FilterParser.Parse(text).Conditions, condition => Assert.NotEmpty(condition.Key));
            }
            catch (RegistryException refusal)
            {
                Assert.Equal(ErrorCode.BadRequest, refusal.Code);
            }
        }
    }
}
