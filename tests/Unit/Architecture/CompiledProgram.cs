using Microsoft.AspNetCore.Http;
using Mono.Cecil;

namespace Harbor.Unit.Architecture;

/// <summary>The compiled assemblies under test, as they lie beside this one.</summary>
internal static class CompiledProgram
{
    private static readonly string[] Names =
        ["Harbor.Oci", "Harbor.Contracts", "Harbor.Storage", "Harbor.Platform", "Harbor.Modules", "Harbor.Distribution", "harbor"];

    private static readonly DefaultAssemblyResolver Resolver = CreateResolver();

    public static IReadOnlyList<ModuleDefinition> Harbor { get; } = [.. Names.Select(Read)];

    public static ModuleDefinition ThisAssembly { get; } = Read(typeof(CompiledProgram).Assembly.GetName().Name!);

    /// <summary>Root of the working copy that this assembly was built from.</summary>
    public static string RepositoryRoot { get; } = FindRoot(AppContext.BaseDirectory);

    private static ModuleDefinition Read(string assembly) => Resolver.Resolve(new AssemblyNameReference(assembly, null)).MainModule;

    private static DefaultAssemblyResolver CreateResolver()
    {
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(AppContext.BaseDirectory);
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(HttpContext).Assembly.Location));
        return resolver;
    }

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Harbor.slnx"))
            ? folder
            : FindRoot(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No Harbor.slnx above the tests."));
}
