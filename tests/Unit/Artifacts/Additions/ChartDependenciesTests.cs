using System.Text;
using Harbor.Modules.Artifacts.Additions;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Artifacts.Additions;

public sealed class ChartDependenciesTests
{
    private const string Dependencies = """
        dependencies:
        - name: db
          version: 1.2.3
          repository: "https://charts.example.com"
          condition: db.enabled
          enabled: true
          alias: store
          tags: [backend, stateful]
          import-values:
          - data
          - child: a
            parent: b
        - name: plain
        """;

    private const string Shown =
        """[{"name":"db","version":"1.2.3","repository":"https://charts.example.com","condition":"db.enabled","alias":"store","tags":["backend","stateful"],"enabled":true,"import-values":["data",{"child":"a","parent":"b"}]},{"name":"plain","repository":""}]""";

    [Fact]
    public void Charts_of_version_2_name_them_in_the_chart_itself() =>
        Assert.Equal(Shown, Read($"apiVersion: v2\nname: web\n{Dependencies}", "dependencies: [{name: old}]"));

    [Fact]
    public void Older_charts_have_a_file_for_them() => Assert.Equal(Shown, Read("apiVersion: v1\nname: web\ndependencies: [{name: other}]", Dependencies));

    [Theory]
    [InlineData(null, null)]
    [InlineData("apiVersion: v2", null)]
    [InlineData("apiVersion: v2\ndependencies:", null)]
    [InlineData("apiVersion: v2\ndependencies: text", null)]
    [InlineData("- a list", "- another")]
    [InlineData("", "")]
    public void A_chart_without_any_has_none(string? definition, string? requirements) => Assert.Equal("[]", Read(definition, requirements));

    [Theory]
    [InlineData("apiVersion: v2\n\tdependencies: [")]
    [InlineData("a: b: c: d")]
    [InlineData("{{{{")]
    [InlineData("\"never closed")]
    public void What_is_no_yaml_is_refused(string definition) => Assert.Equal(ErrorCode.BadRequest, Refusal(definition));

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        Assert.Equal(ErrorCode.BadRequest, Refusal(new string('[', 100_000)));
        Assert.Equal(ErrorCode.BadRequest, Refusal(string.Concat(Enumerable.Range(0, 300).Select(depth => $"{new string(' ', depth)}a:\n"))));
    }

    [Fact]
    public void A_file_that_is_no_longer_a_list_of_dependencies_is_refused() => Assert.Equal(ErrorCode.RequestEntityTooLarge, Refusal(new string('#', PlainYaml.MaxBytes + 1)));

    [Fact]
    public void Aliases_do_not_multiply()
    {
        var bomb = new StringBuilder("apiVersion: v2\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < 30; level++)
        {
            bomb.Append($"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n");
        }

        Assert.Equal("[]", Read(bomb + "dependencies: *a29", null));
    }

    private static ErrorCode Refusal(string definition) => Assert.Throws<RegistryException>(() => Read(definition, null)).Code;

    private static string Read(string? definition, string? requirements) =>
        Encoding.UTF8.GetString(ChartDependencies.Read(Bytes(definition), Bytes(requirements)));

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);
}
