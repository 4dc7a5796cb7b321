using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Harbor.Integration.Api;

/// <summary>One good request for every operation that needs more than its path: <c>samples.json</c>.</summary>
/// <remarks>
/// In it <c>{name}</c> stands for a word of the <see cref="Place"/> that the request is made for, and a text <c>#{name}</c> for that word as a
/// number. <c>{unique}</c> is new each time.
/// </remarks>
internal static partial class OperationSamples
{
    private static readonly IReadOnlyDictionary<string, Sample> All = Load();

    private sealed record Sample(string? Query, JsonNode? Body, Dictionary<string, string>? Path, int? Answers, string? Needs, int Again = 409);

    public static IEnumerable<string> Ids => All.Keys;

    /// <summary>What the operation's path or body speaks of, by the name it has in the samples.</summary>
    public static IEnumerable<string> WordsIn(MountedOperation operation)
    {
        var sample = Of(operation);
        var fixedWords = sample.Path?.Keys.ToArray() ?? [];
        return Word().Matches($"{operation.Path} {sample.Query} {sample.Body?.ToJsonString()}").Select(WordIn).Except(fixedWords).Distinct();
    }

    /// <summary>What must hold before the operation can succeed, in words that <see cref="Place"/> knows; null: nothing.</summary>
    public static string? NeedOf(MountedOperation operation) => Of(operation).Needs;

    /// <summary>The words of the path alone, but for those that the sample fixes.</summary>
    public static IEnumerable<string> WordsInPath(MountedOperation operation) =>
        Word().Matches(operation.Path).Select(WordIn).Except(Of(operation).Path?.Keys.ToArray() ?? []);

    /// <summary>The status that an operation answers its sample with; null: any success.</summary>
    public static int? AnswerOf(MountedOperation operation) => Of(operation).Answers;

    /// <summary>The status that an operation answers the very same sample with when what it makes is there already.</summary>
    public static int AgainOf(MountedOperation operation) => Of(operation).Again;

    /// <summary>Path and query of the sample.</summary>
    /// <param name="words">What stands for the words in the path; those of the query come from <paramref name="others"/>.</param>
    /// <param name="odd">A parameter of the path that has another value this once; it is escaped.</param>
    public static string PathOf(MountedOperation operation, Func<string, string> words, Func<string, string> others, (string Name, string Value)? odd = null)
    {
        var sample = Of(operation);
        var path = Word().Replace(operation.Path, match => odd?.Name == match.Groups[2].Value ? Uri.EscapeDataString(odd.Value.Value) : sample.Path?.GetValueOrDefault(WordIn(match)) ?? words(WordIn(match)));
        return sample.Query is null ? path : $"{path}?{Word().Replace(sample.Query, match => others(WordIn(match)))}";
    }

    /// <summary>The body of the sample; null when it has none.</summary>
    public static JsonNode? BodyOf(MountedOperation operation, Func<string, string> words) => Fill(Of(operation).Body, words);

    private static Sample Of(MountedOperation operation) => All.GetValueOrDefault(operation.Id) ?? new Sample(null, null, null, null, null);

    // Many paths have an {id}; whose it is, the segment before it tells: "quotas_id".
    private static string WordIn(Match match) => match.Groups[2].Value == "id" ? $"{match.Groups[1].Value}_id" : match.Groups[2].Value;

    private static JsonNode? Fill(JsonNode? node, Func<string, string> words) => node switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Fill(pair.Value, words)))),
        JsonArray list => new JsonArray([.. list.Select(item => Fill(item, words))]),
        JsonValue value when value.TryGetValue<string>(out var text) => text.StartsWith("#{", StringComparison.Ordinal)
            ? long.Parse(words(text[2..^1]), CultureInfo.InvariantCulture)
            : Word().Replace(text, match => words(WordIn(match))),
        _ => node?.DeepClone(),
    };

    private static Dictionary<string, Sample> Load()
    {
        using var stream = typeof(OperationSamples).Assembly.GetManifestResourceStream("Harbor.Integration.Api.samples.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, Sample>>(stream, JsonSerializerOptions.Web)!;
    }

    [GeneratedRegex(@"(?:(?<=/(\w+)/))?\{(\w+)\}")]
    private static partial Regex Word();
}
