using Mono.Cecil;

namespace Harbor.Unit.Architecture;

/// <summary>What no code of ours may do, read from what was compiled. Each rule answers with one sentence per violation.</summary>
internal static class ArchitectureRules
{
    private static readonly HashSet<string> FileTypes =
    [
        .. ((string[])["File", "FileInfo", "FileStream", "FileSystemInfo", "FileSystemWatcher", "Directory", "DirectoryInfo", "DriveInfo"])
            .Select(name => $"System.IO.{name}"),
    ];

    // A namespace, or one type. Storage keeps bytes; the others need the disk before Storage is there, or beside it.
    private static readonly string[] FilePlaces =
    [
        "Harbor.Storage",
        "Harbor.Platform.Data.Embedded",
        "Harbor.Platform.Data.InstanceMarker",         // says whose store this is
        "Harbor.Platform.Security",
        "Harbor.Platform.Settings",
        "Harbor.Modules.Access.Tokens.SigningKeys",    // reads the key file that the operator named
        "Harbor.Server",
    ];

    private static readonly string[] ConsolePlaces =
    [
        "Program",
        "Harbor.Server.HarborProgram",
        "Harbor.Server.Fsck.FsckCommand",
        "Harbor.Server.HarborServer",                  // asks whether the operator looks at a terminal
        "Harbor.Platform.Security.AdminPassword",      // shows the first password, which must not reach the log
    ];

    /// <summary>A use that the map does not permit, or of a type that its module keeps to itself.</summary>
    public static IEnumerable<string> ModuleViolations(IEnumerable<ModuleDefinition> program, ModuleMap map) =>
        from crossing in CrossingsOf(program, map)
        let fault = FaultOf(crossing, map)
        where fault is not null
        select $"{fault}: {Written(crossing.User)} uses {crossing.Used.FullName}";

    /// <summary>The file system touched outside the places that own some part of it.</summary>
    public static IEnumerable<string> FileViolations(IEnumerable<ModuleDefinition> program) =>
        from use in UsesOf(program)
        where FileTypes.Contains(use.Used.FullName)
        where !FilePlaces.Any(place => $"{Outermost(use.User).FullName}.".StartsWith($"{place}.", StringComparison.Ordinal))
        select $"{use.Used.Name} belongs to Storage: {Written(use.User)}";

    /// <summary>Text written past the log, by anything but the command line.</summary>
    public static IEnumerable<string> ConsoleViolations(IEnumerable<ModuleDefinition> program) =>
        from use in UsesOf(program)
        where use.Used.FullName == "System.Console" && !ConsolePlaces.Contains(Outermost(use.User).FullName)
        select $"Console belongs to the command line: {Written(use.User)}";

    /// <summary>Edges that compiled code really has.</summary>
    public static ISet<(string From, string To)> EdgesUsed(IEnumerable<ModuleDefinition> program, ModuleMap map) =>
        CrossingsOf(program, map).Select(crossing => (crossing.From, crossing.To)).ToHashSet();

    private static string? FaultOf(Crossing crossing, ModuleMap map) => crossing switch
    {
        var (from, _, _, _) when !map.Edges.ContainsKey(from) => $"{from} is not in the module map",
        var (_, to, _, _) when !map.Edges.ContainsKey(to) => $"{to} is not in the module map",
        var (from, to, _, _) when !map.Permits(from, to) => $"{from} may not use {to}",
        var (_, to, _, used) when !IsPublic(used) => $"{to} keeps {used.Name} to itself",
        _ => null,
    };

    private static IEnumerable<Crossing> CrossingsOf(IEnumerable<ModuleDefinition> program, ModuleMap map)
    {
        foreach (var (user, used) in UsesOf(program))
        {
            if (PartOf(user, map) is { } from && PartOf(used, map) is { } to && from != to)
            {
                yield return new Crossing(from, to, user, used);
            }
        }
    }

    private static IEnumerable<(TypeDefinition User, TypeReference Used)> UsesOf(IEnumerable<ModuleDefinition> program) =>
        program.SelectMany(CompiledUses.Of);

    private static string? PartOf(TypeReference type, ModuleMap map) => map.PartOf(AssemblyOf(type), NamespaceOf(type));

    private static string AssemblyOf(TypeReference type) => type.Scope switch
    {
        AssemblyNameReference reference => reference.Name,
        ModuleDefinition module => module.Assembly.Name.Name,
        _ => throw new InvalidOperationException($"{type.FullName} lies in a scope of an unknown kind."),
    };

    private static bool IsPublic(TypeReference type)
    {
        var definition = type.Resolve() ?? throw new InvalidOperationException($"{type.FullName} was not found.");
        return definition.IsNested ? definition.IsNestedPublic && IsPublic(definition.DeclaringType) : definition.IsPublic;
    }

    private static string NamespaceOf(TypeReference type) => Outermost(type).Namespace;

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>The type as somebody wrote it, not the closure or state machine that was made from it.</summary>
    private static string Written(TypeReference type) =>
        type.Name.StartsWith('<') && type.DeclaringType is { } outer ? Written(outer) : type.FullName;

    private sealed record Crossing(string From, string To, TypeDefinition User, TypeReference Used);
}
