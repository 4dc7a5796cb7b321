using Xunit;

namespace Harbor.Unit.Architecture;

/// <summary>The floors and modules of <see cref="ModuleMap"/> hold in what was compiled, and the rules that say so can fail.</summary>
public sealed class ArchitectureTests
{
    private const string Planted = "Harbor.Unit.Architecture.Planted";

    private static readonly ModuleMap PlantedMap = new(
        new Dictionary<string, string[]> { ["Lower"] = [], ["Upper"] = ["Lower"] },
        (_, name) => name.StartsWith($"{Planted}.", StringComparison.Ordinal) ? name[(Planted.Length + 1)..] : null);

    [Fact]
    public void Modules_use_only_what_the_map_permits_and_others_show() =>
        AssertNone(ArchitectureRules.ModuleViolations(CompiledProgram.Harbor, ModuleMap.Harbor));

    [Fact]
    public void Only_Storage_and_the_start_of_the_server_touch_files() =>
        AssertNone(ArchitectureRules.FileViolations(CompiledProgram.Harbor));

    [Fact]
    public void Only_the_command_line_writes_to_the_console() =>
        AssertNone(ArchitectureRules.ConsoleViolations(CompiledProgram.Harbor));

    [Fact]
    public void The_map_has_no_cycle_and_names_only_its_own_parts()
    {
        Assert.Null(ModuleMap.Harbor.FindCycle());
        Assert.Subset(ModuleMap.Harbor.Edges.Keys.ToHashSet(), ModuleMap.Harbor.Edges.Values.SelectMany(targets => targets).ToHashSet());
    }

    [Fact]
    public void Nothing_but_the_server_uses_the_registry_protocol() =>
        Assert.Equal(["Server"], ModuleMap.Harbor.Edges.Where(edge => edge.Value.Contains("Distribution")).Select(edge => edge.Key));

    [Fact]
    public void The_reading_sees_the_edges_that_are_plainly_there()
    {
        var used = ArchitectureRules.EdgesUsed(CompiledProgram.Harbor, ModuleMap.Harbor);

        Assert.Contains(("Storage", "Oci"), used);
    }

    [Theory]
    [InlineData("InAsyncBody")]
    [InlineData("InLambda")]
    [InlineData("InIterator")]
    [InlineData("InAttribute")]
    [InlineData("InTypeArgument")]
    [InlineData("InCatch")]
    public void A_planted_edge_upwards_is_caught(string place) =>
        Assert.Contains(
            $"Lower may not use Upper: {Planted}.Lower.Upwards/{place} uses {Planted}.Upper.UpperFace{(place == "InCatch" ? "Exception" : "")}",
            ArchitectureRules.ModuleViolations([CompiledProgram.ThisAssembly], PlantedMap));

    [Fact]
    public void A_planted_use_of_an_internal_type_is_caught() =>
        Assert.Contains(
            $"Lower keeps LowerSecret to itself: {Planted}.Upper.Prying uses {Planted}.Lower.LowerSecret",
            ArchitectureRules.ModuleViolations([CompiledProgram.ThisAssembly], PlantedMap));

    [Fact]
    public void A_planted_module_without_a_row_is_caught() =>
        Assert.Contains(
            $"Stray is not in the module map: {Planted}.Stray.Unlisted uses {Planted}.Lower.LowerFace",
            ArchitectureRules.ModuleViolations([CompiledProgram.ThisAssembly], PlantedMap));

    [Fact]
    public void A_permitted_use_of_a_public_type_is_no_violation() =>
        Assert.DoesNotContain(
            ArchitectureRules.ModuleViolations([CompiledProgram.ThisAssembly], PlantedMap),
            violation => violation.Contains("Upper.UpperFace uses", StringComparison.Ordinal));

    [Fact]
    public void Planted_uses_of_files_and_of_the_console_are_caught()
    {
        Assert.Contains(
            $"File belongs to Storage: {Planted}.Lower.Sidesteps/ReadsFile", ArchitectureRules.FileViolations([CompiledProgram.ThisAssembly]));
        Assert.Contains(
            $"Console belongs to the command line: {Planted}.Lower.Sidesteps/WritesConsole",
            ArchitectureRules.ConsoleViolations([CompiledProgram.ThisAssembly]));
    }

    [Fact]
    public void A_cycle_in_a_map_is_caught()
    {
        var map = new ModuleMap(
            new Dictionary<string, string[]> { ["A"] = ["B"], ["B"] = ["C", "D"], ["C"] = [], ["D"] = ["B"] }, (_, _) => null);

        Assert.Equal(["B", "D", "B"], map.FindCycle());
    }

    [Fact]
    public void The_diagram_in_the_architecture_page_is_the_map()
    {
        var page = Path.Combine(CompiledProgram.RepositoryRoot, "docs", "architecture.md");
        var written = File.ReadAllText(page);
        var drawn = ModuleDiagram.Insert(written, ModuleDiagram.Draw(ModuleMap.Harbor));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(page, drawn);
        }
        else
        {
            Assert.Equal(drawn, written);
        }
    }

    private static void AssertNone(IEnumerable<string> violations) => Assert.True(!violations.Any(), string.Join('\n', violations.Distinct()));
}
