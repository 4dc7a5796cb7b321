namespace Harbor.Unit.Architecture;

/// <summary>The parts of a program and every edge permitted between them.</summary>
/// <param name="edges">For each part, the parts it may use. What is not listed is refused.</param>
/// <param name="partOf">Names the part that owns a type, from its assembly and namespace; null for foreign types.</param>
internal sealed class ModuleMap(IReadOnlyDictionary<string, string[]> edges, Func<string, string, string?> partOf)
{
    private const string ModulesAssembly = "Harbor.Modules";

    private static readonly string[] Ground = ["Oci", "Contracts", "Platform"];

    /// <summary>
    /// This product. The floors are the projects under <c>src</c>; the floor Modules is split into its folders, and
    /// <c>Modules</c> itself is what lies beside them: the code that puts them together.
    /// </summary>
    public static ModuleMap Harbor { get; } = new(
        new Dictionary<string, string[]>
        {
            ["Oci"] = [],
            ["Contracts"] = [],
            ["Storage"] = ["Oci"],
            ["Platform"] = ["Oci", "Contracts"],

            ["Access"] = [.. Ground],
            ["ApiDescription"] = [.. Ground, "Access"],
            ["Configuration"] = [.. Ground, "Access"],
            ["Identity"] = [.. Ground, "Access", "Configuration"],
            ["Projects"] = [.. Ground, "Access", "Configuration", "Identity", "Quotas", "Artifacts"],
            ["Quotas"] = [.. Ground, "Access", "Configuration"],
            ["Labels"] = [.. Ground, "Access"],
            ["Immutability"] = [.. Ground, "Access"],
            ["JobService"] = [.. Ground, "Access"],
            ["Artifacts"] = [.. Ground, "Storage", "Access", "Configuration", "Quotas", "Labels", "Immutability"],
            ["Robots"] = [.. Ground, "Access", "Configuration", "Identity", "Projects"],
            ["GarbageCollection"] = [.. Ground, "Access", "Artifacts", "JobService"],
            ["SystemInfo"] = [.. Ground, "Access", "Configuration", "Identity", "Projects", "Artifacts"],
            ["Audit"] = [.. Ground, "Access", "Configuration", "Identity", "Projects", "Artifacts", "Robots", "JobService"],
            ["Retention"] = [.. Ground, "Access", "Immutability", "Projects", "Artifacts"],
            ["SystemArtifacts"] = [.. Ground, "Storage", "Artifacts"],
            ["Fsck"] = [.. Ground, "Storage"],
            ["Modules"] =
            [
                .. Ground, "Storage", "Access", "Configuration", "Identity", "Projects", "Quotas", "Labels", "Immutability", "Artifacts", "Robots", "SystemInfo", "Audit",
                "ApiDescription", "JobService", "GarbageCollection", "Retention", "SystemArtifacts",
            ],

            ["Distribution"] = [.. Ground, "Storage", "Access", "Configuration", "Identity", "Projects", "Artifacts"],
            ["Server"] =
            [
                .. Ground, "Storage", "Access", "Configuration", "Identity", "Projects", "Artifacts", "SystemInfo", "Fsck", "Modules", "Distribution",
            ],
        },
        HarborPart);

    public IReadOnlyDictionary<string, string[]> Edges { get; } = edges;

    public string? PartOf(string assembly, string @namespace) => partOf(assembly, @namespace);

    public bool Permits(string from, string to) => from == to || (Edges.TryGetValue(from, out var targets) && targets.Contains(to));

    /// <summary>A path that leads back to its start, such as <c>A, B, A</c>; null when the table has none.</summary>
    public IReadOnlyList<string>? FindCycle()
    {
        var done = new HashSet<string>();
        return Edges.Keys.Select(start => FindCycle(start, [], done)).FirstOrDefault(cycle => cycle is not null);
    }

    private List<string>? FindCycle(string part, List<string> path, HashSet<string> done)
    {
        if (path.IndexOf(part) is var again and >= 0)
        {
            return [.. path[again..], part];
        }

        if (!done.Add(part))
        {
            return null;
        }

        return Edges.GetValueOrDefault(part, [])
            .Select(next => FindCycle(next, [.. path, part], done))
            .FirstOrDefault(cycle => cycle is not null);
    }

    private static string? HarborPart(string assembly, string @namespace) => assembly switch
    {
        "harbor" => "Server",
        ModulesAssembly when @namespace == ModulesAssembly => "Modules",
        ModulesAssembly when @namespace.StartsWith($"{ModulesAssembly}.", StringComparison.Ordinal) => @namespace.Split('.')[2],
        ModulesAssembly => null,   // the compiler's own: anonymous types, generated regular expressions
        _ when assembly.StartsWith("Harbor.", StringComparison.Ordinal) => assembly["Harbor.".Length..],
        _ => null,
    };
}
