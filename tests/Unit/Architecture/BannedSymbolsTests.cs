using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Harbor.Unit.Architecture;

/// <summary>The compiler refuses every symbol of the lists in <c>eng</c>, in every project under <c>src</c>.</summary>
public sealed partial class BannedSymbolsTests
{
    private const string Tasks = "System.Threading.Tasks";
    private const string Awaiters = "System.Runtime.CompilerServices";

    // A line of code for each line of the lists. A misspelled symbol bans nothing and says nothing: only use shows it.
    private static readonly Dictionary<string, string> Planted = new()
    {
        ["P:System.DateTime.Now"] = "_ = DateTime.Now;",
        ["P:System.DateTime.UtcNow"] = "_ = DateTime.UtcNow;",
        ["P:System.DateTime.Today"] = "_ = DateTime.Today;",
        ["P:System.DateTimeOffset.Now"] = "_ = DateTimeOffset.Now;",
        ["P:System.DateTimeOffset.UtcNow"] = "_ = DateTimeOffset.UtcNow;",
        [$"P:{Tasks}.Task`1.Result"] = "_ = Task.FromResult(1).Result;",
        [$"M:{Tasks}.Task.Wait"] = "task.Wait();",
        [$"M:{Tasks}.Task.Wait(System.Int32)"] = "task.Wait(1);",
        [$"M:{Tasks}.Task.Wait(System.TimeSpan)"] = "task.Wait(TimeSpan.Zero);",
        [$"M:{Tasks}.Task.Wait(System.Threading.CancellationToken)"] = "task.Wait(ct);",
        [$"M:{Tasks}.Task.Wait(System.Int32,System.Threading.CancellationToken)"] = "task.Wait(1, ct);",
        [$"M:{Tasks}.Task.Wait(System.TimeSpan,System.Threading.CancellationToken)"] = "task.Wait(TimeSpan.Zero, ct);",
        [$"M:{Tasks}.Task.WaitAll({Tasks}.Task[])"] = "Task.WaitAll(new Task[] { task });",
        [$"M:{Tasks}.Task.WaitAll(System.ReadOnlySpan{{{Tasks}.Task}})"] = "Task.WaitAll(task, task);",
        [$"M:{Tasks}.Task.WaitAny({Tasks}.Task[])"] = "Task.WaitAny(task, task);",
        [$"M:{Awaiters}.TaskAwaiter.GetResult"] = "task.GetAwaiter().GetResult();",
        [$"M:{Awaiters}.TaskAwaiter`1.GetResult"] = "Task.FromResult(1).GetAwaiter().GetResult();",
        [$"M:{Awaiters}.ValueTaskAwaiter.GetResult"] = "new ValueTask(task).GetAwaiter().GetResult();",
        [$"M:{Awaiters}.ValueTaskAwaiter`1.GetResult"] = "new ValueTask<int>(1).GetAwaiter().GetResult();",
        ["M:System.Threading.Thread.Sleep(System.Int32)"] = "Thread.Sleep(1);",
        ["M:System.Threading.Thread.Sleep(System.TimeSpan)"] = "Thread.Sleep(TimeSpan.Zero);",
        ["M:System.Net.Http.HttpClient.#ctor"] = "_ = new HttpClient();",
        ["M:System.Net.Http.HttpClient.#ctor(System.Net.Http.HttpMessageHandler)"] = "_ = new HttpClient(new SocketsHttpHandler());",
        ["M:System.Net.Http.HttpClient.#ctor(System.Net.Http.HttpMessageHandler,System.Boolean)"] =
            "_ = new HttpClient(new SocketsHttpHandler(), false);",
        ["M:System.Environment.Exit(System.Int32)"] = "Environment.Exit(1);",
    };

    // What looks alike and is fine must stay so, or people learn to suppress the rule.
    private static readonly string[] Permitted =
        ["await task;", "_ = await Task.FromResult(1);", "await new ValueTask<int>(1);", "_ = TimeProvider.System.GetUtcNow();"];

    private static readonly string[] Lists =
    [
        Path.Combine(CompiledProgram.RepositoryRoot, "eng", "BannedSymbols.txt"),
        Path.Combine(CompiledProgram.RepositoryRoot, "eng", "BannedSymbols.Product.txt"),
    ];

    public static TheoryData<string> SourceProjects => [.. Directory
        .EnumerateFiles(Path.Combine(CompiledProgram.RepositoryRoot, "src"), "*.csproj", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(CompiledProgram.RepositoryRoot, path))];

    [Fact]
    public async Task Every_banned_symbol_is_refused_where_it_is_used_and_nothing_else_is()
    {
        var ct = TestContext.Current.CancellationToken;
        var banned = Lists.SelectMany(File.ReadAllLines).Select(line => line.Split(';')[0]).ToList();
        Assert.Equal(banned.Order(StringComparer.Ordinal), Planted.Keys.Order(StringComparer.Ordinal));

        string[] statements = [.. banned.Select(symbol => Planted[symbol]), .. Permitted];
        var refused = await RefusedAsync(statements, ct);

        Assert.Equal(banned.Select(symbol => Planted[symbol]), refused);
    }

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public async Task Every_project_of_the_product_is_compiled_with_the_lists(string project)
    {
        var json = await RunAsync(
            ["msbuild", project, "-getItem:AdditionalFiles", "-getItem:PackageReference", "-getProperty:TreatWarningsAsErrors", "-getProperty:NoWarn"],
            TestContext.Current.CancellationToken);
        using var build = JsonDocument.Parse(json);

        Assert.Equal(Lists, Items(build, "AdditionalFiles", "FullPath").Intersect(Lists));
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", Items(build, "PackageReference", "Identity"));
        Assert.Equal("true", Property(build, "TreatWarningsAsErrors"));
        Assert.DoesNotContain("RS0030", Property(build, "NoWarn"), StringComparison.Ordinal);
    }

    /// <summary>Compiles the statements, a line each, as the build does: same compiler, analyzer and lists.</summary>
    /// <returns>Those that the compiler refused.</returns>
    private static async Task<IEnumerable<string>> RefusedAsync(string[] statements, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("harbor-banned-");
        try
        {
            var source = Path.Combine(folder.FullName, "Planted.cs");
            string[] opening =
            [
                "using System; using System.Net.Http; using System.Threading; using System.Threading.Tasks;",
                "class Planted { async Task Run(Task task, CancellationToken ct) {",
            ];
            await File.WriteAllLinesAsync(source, [.. opening, .. statements, "} }"], ct);
            var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location));
            var analyzers = Directory.EnumerateFiles(Metadata("BannedApiAnalyzers"), "*.dll");
            var arguments = Path.Combine(folder.FullName, "compile.rsp");
            await File.WriteAllLinesAsync(
                arguments,
                [
                    "-noconfig", "-nostdlib", "-target:library", "-warnaserror+:RS0030", $"-out:\"{Path.ChangeExtension(source, ".dll")}\"",
                    .. references.Select(path => $"-reference:\"{path}\""), .. analyzers.Select(path => $"-analyzer:\"{path}\""),
                    .. Lists.Select(path => $"-additionalfile:\"{path}\""), $"\"{source}\"",
                ],
                ct);

            var output = await RunAsync([Metadata("CSharpCompiler"), $"@{arguments}"], ct);

            Assert.DoesNotMatch(@"error (?!RS0030)", output);
            return RefusedLine().Matches(output)
                .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) - 1 - opening.Length)
                .Distinct().Order().Select(index => statements[index]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(string[] arguments, CancellationToken ct)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        using var process = Process.Start(new ProcessStartInfo(dotnet, arguments)
        {
            WorkingDirectory = CompiledProgram.RepositoryRoot,
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return output;
    }

    private static string Metadata(string key) =>
        typeof(BannedSymbolsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;

    private static IEnumerable<string?> Items(JsonDocument build, string kind, string metadata) =>
        build.RootElement.GetProperty("Items").GetProperty(kind).EnumerateArray().Select(item => item.GetProperty(metadata).GetString());

    private static string Property(JsonDocument build, string name) =>
        build.RootElement.GetProperty("Properties").GetProperty(name).GetString()!;

    [GeneratedRegex(@"Planted\.cs\((\d+),\d+\): error RS0030")]
    private static partial Regex RefusedLine();
}
