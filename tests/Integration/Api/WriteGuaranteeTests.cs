using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Harbor.Contracts;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>What holds of every operation that takes a body, whichever it is.</summary>
public sealed class WriteGuaranteeTests(ApiFixture api) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const int Writers = 1000;
    private const int Connections = 32;
    private const long Poison = 987_654_321;

    private static readonly Contract Contract = Contract.Load();

    private NpgsqlDataSource database = null!;

    private delegate string? Verdict(int status, string body);

    public ValueTask InitializeAsync()
    {
        database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(api.Harbor.Database.ConnectionString) { MaxPoolSize = 4 }.ConnectionString);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task What_a_client_may_not_set_is_ignored()
    {
        var faults = new List<string>();
        foreach (var operation in Writes().Where(each => Record(each) is not null && OperationSamples.AnswerOf(each) is null))
        {
            var place = await PlaceAsync(operation);
            var path = OperationSamples.PathOf(operation, place.Word, place.Word);
            var body = OperationSamples.BodyOf(operation, place.Word)?.AsObject() ?? [];
            var known = Record(operation)!.Properties.Select(each => each.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in Privileged().Where(each => !known.Contains(each.Name)))
            {
                body[name] = value;
            }

            using var answer = await api.Admin.CallAsync(operation.Method, path, body);
            if (!answer.IsSuccessStatusCode)
            {
                faults.Add($"{operation.Id} with fields that mean nothing to it: {(int)answer.StatusCode} {await answer.BodyAsync()}");
                continue;
            }

            var shown = await ReadBackAsync(operation, path, answer);
            faults.AddRange(from trace in (string[])[$"{Poison}", "poisoned", "1999-01-01", "\"sysadmin_flag\":true", "\"deleted\":true"]
                            where shown.Contains(trace, StringComparison.Ordinal) && operation.Id != "setUserSysAdmin"
                            select $"{operation.Id} took {trace}: {shown}");
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public Task Texts_that_are_too_long_are_refused_and_long_ones_are_no_fault() => MutateAsync("string", property =>
    {
        var limit = LimitOf(property);
        return from length in (int[])[limit + 1, 300, 70_000, 700_000] where length > 1 select ((JsonNode?)new string('a', length), MaximumVerdict(length));

        Verdict MaximumVerdict(int length) => (status, _) => status >= 500 || (limit > 0 && length > limit && status is < 400 or >= 500) ? $"{length} characters: {status}" : null;
    });

    [Fact]
    public Task Texts_in_any_script_come_back_as_they_were_sent_or_are_refused() => MutateAsync("string", _ =>
        from text in (string[])["Grüße 世界 🐳", "a\u202eb", "e\u0301", "\u0000", "a\u0000b", "\t\r\n", "'; DROP TABLE project; --", "<script>", "\\u0000", "%00", "..", "a/b", " "]
        select ((JsonNode?)JsonValue.Create(text), (Verdict)((status, shown) =>
            status >= 500 ? $"{JsonValue.Create(text)}: {status}"
            : status < 300 && text.Contains('世', StringComparison.Ordinal) && TextsIn(shown).FirstOrDefault(each => each.StartsWith("Gr", StringComparison.Ordinal)) is { } found && found != text
                ? $"comes back as {found}" : null)));

    [Fact]
    public async Task Values_of_a_wrong_type_are_refused_with_422()
    {
        await MutateAsync("string", _ => Refused(JsonValue.Create(1), JsonValue.Create(true), new JsonObject(), new JsonArray()));
        await MutateAsync("integer", _ => Refused(JsonValue.Create("x"), JsonValue.Create(1.5), JsonValue.Create(true), new JsonObject(), new JsonArray(), JsonNode.Parse("9223372036854775808"), JsonNode.Parse("1e400")));
        await MutateAsync("boolean", _ => Refused(JsonValue.Create("true"), JsonValue.Create(1), new JsonObject(), new JsonArray()));
        await MutateAsync("list", _ => Refused(JsonValue.Create("x"), JsonValue.Create(1), new JsonObject()));
        await MutateAsync("map", _ => Refused(JsonValue.Create("x"), JsonValue.Create(1), new JsonArray()));
        await MutateAsync("model", _ => Refused(JsonValue.Create("x"), JsonValue.Create(1), new JsonArray()));
    }

    [Fact]
    public Task Numbers_however_large_or_small_are_no_fault() => MutateAsync("integer", _ =>
        from number in (long[])[0, -1, int.MaxValue, int.MaxValue + 1L, int.MinValue, long.MaxValue, long.MinValue] select ((JsonNode?)JsonValue.Create(number), (Verdict)NoFault));

    [Fact]
    public async Task Null_is_no_fault_anywhere()
    {
        foreach (var kind in (string[])["string", "integer", "boolean", "list", "map", "model"])
        {
            await MutateAsync(kind, _ => [(null, (Verdict)NoFault)]);
        }
    }

    [Fact]
    public async Task Bodies_that_are_no_object_or_no_JSON_are_refused_with_422()
    {
        foreach (var operation in Writes())
        {
            var place = await PlaceAsync(operation);
            var path = OperationSamples.PathOf(operation, place.Word, place.Word);
            foreach (var body in (string[])["[]", "[1]", "\"text\"", "1", "true", "{", "{\"", "{]", "{'a':1}", "{} {}", "nul", "\u0000", new string('[', 10_000), "{\"a\":" + new string('[', 10_000)])
            {
                using var answer = await api.Admin.CallTextAsync(operation.Method, path, body);
                Assert.True((int)answer.StatusCode == 422, $"{operation.Id} {body[..Math.Min(20, body.Length)]}: {(int)answer.StatusCode} {await answer.BodyAsync()}");
            }

            using var form = await api.Admin.CallTextAsync(operation.Method, path, "a=1", "application/x-www-form-urlencoded");
            Assert.Equal(422, (int)form.StatusCode);
            using var large = await api.Admin.CallTextAsync(operation.Method, path, "{\"a\":\"" + new string('a', 2 << 20) + "\"}");
            Assert.Equal(413, (int)large.StatusCode);
        }
    }

    [Fact]
    public async Task Of_a_thousand_callers_who_make_the_same_thing_at_once_one_succeeds()
    {
        var makers = Writes().Where(each => each.Method == HttpMethod.Post && OperationSamples.AnswerOf(each) is null).ToList();
        Assert.NotEmpty(makers);
        var faults = new List<string>();
        foreach (var operation in makers)
        {
            var place = await PlaceAsync(operation);
            var path = OperationSamples.PathOf(operation, place.Word, place.Word);
            var body = OperationSamples.BodyOf(operation, place.Word)!.ToJsonString();
            var statuses = new ConcurrentBag<int>();
            await Parallel.ForAsync(0, Writers, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (_, _) =>
            {
                using var answer = await api.Admin.CallTextAsync(operation.Method, path, body);
                statuses.Add((int)answer.StatusCode);
            });

            var counts = statuses.GroupBy(status => status).OrderBy(group => group.Key).Select(group => $"{group.Count()} x {group.Key}").ToList();
            if (OperationSamples.AgainOf(operation) == 201 && counts is [var every] && every == $"{Writers} x 201")
            {
                continue;   // it begins something each time, or puts it in the place of what was there
            }

            if (!(counts is [var one, var rest] && one.StartsWith("1 x 20", StringComparison.Ordinal) && rest == $"{Writers - 1} x {OperationSamples.AgainOf(operation)}"))
            {
                faults.Add($"{operation.Id}: {string.Join(", ", counts)}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static IEnumerable<string> TextsIn(string json) => json.Length == 0 ? [] : TextsIn(JsonNode.Parse(json));

    private static IEnumerable<string> TextsIn(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(each => TextsIn(each.Value)),
        JsonArray list => list.SelectMany(TextsIn),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    private static string? NoFault(int status, string shown) => status >= 500 ? $"{status} {shown}" : null;

    private static IEnumerable<(JsonNode?, Verdict)> Refused(params JsonNode?[] values) =>
        values.Select(value => (value, (Verdict)((status, shown) => status != 422 ? $"{value!.ToJsonString()[..Math.Min(40, value.ToJsonString().Length)]}: {status} {shown}" : null)));

    private static int LimitOf(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(MaxLengthAttribute), inherit: true) is [MaxLengthAttribute { Length: var length }, ..] ? length : 0;

    private static JsonTypeInfo? Record(MountedOperation operation) =>
        operation.Body?.BodyType is { } type && HarborJson.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } record ? record : null;

    /// <summary>Every property of every model that Harbor shows, with a value that none has by itself.</summary>
    private static IEnumerable<(string Name, JsonNode Value)> Privileged() => Contract.Models.Keys.SelectMany(Contract.FieldsOf).DistinctBy(field => field.Name).Select(field => (field.Name, (JsonNode)(field.Type switch
    {
        "integer" or "number" => JsonValue.Create(Poison),
        "boolean" => JsonValue.Create(true),
        "time" => JsonValue.Create("1999-01-01T00:00:00.000Z"),
        "string" => JsonValue.Create("poisoned"),
        _ => new JsonObject { ["id"] = Poison, ["name"] = "poisoned" },
    }))).Concat([("password_hash", "poisoned"), ("password_salt", "poisoned"), ("sysadmin", true), ("role", 1)]);

    private List<MountedOperation> Writes()
    {
        var writes = MountedOperation.Of(api.Harbor).Where(each => each.Body is not null).ToList();
        Assert.NotEmpty(writes);
        var without = writes.Where(each => !OperationSamples.Ids.Contains(each.Id)).Select(each => each.Id).ToList();
        Assert.True(without.Count == 0, $"samples.json has no body for {string.Join(", ", without)}");
        return writes;
    }

    private async Task<Place> PlaceAsync(MountedOperation operation)
    {
        var place = await Place.CreateAsync(api, database, isPublic: false);
        await place.PrepareAsync(operation, isAlone: true);
        return place;
    }

    /// <summary>Sends every body of every operation with one property changed, and judges the answers.</summary>
    /// <param name="kind">Of the properties to change.</param>
    /// <param name="values">What to put there, and what is wrong with an answer: status, and what is shown afterwards or the refusal; null: nothing.</param>
    private async Task MutateAsync(string kind, Func<JsonPropertyInfo, IEnumerable<(JsonNode?, Verdict)>> values)
    {
        var faults = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Writes().Where(each => Record(each) is not null), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (operation, _) =>
        {
            foreach (var (steps, property) in PropertiesOf(Record(operation)!, []).Where(each => WireShape.Of(each.Property.PropertyType).Kind == kind))
            {
                foreach (var (value, verdict) in values(property))
                {
                    var place = await PlaceAsync(operation);
                    var path = OperationSamples.PathOf(operation, place.Word, place.Word);
                    var body = OperationSamples.BodyOf(operation, place.Word)?.AsObject() ?? [];
                    Put(body, steps, value);
                    using var answer = await api.Admin.CallAsync(operation.Method, path, body);
                    var shown = answer.IsSuccessStatusCode ? await ReadBackAsync(operation, path, answer) : await answer.BodyAsync();
                    if (verdict((int)answer.StatusCode, shown) is { } fault)
                    {
                        faults.Enqueue($"{operation.Id} {string.Join('.', steps)} {fault}");
                    }
                }
            }
        });

        Assert.True(faults.IsEmpty, string.Join('\n', faults.Order(StringComparer.Ordinal)));
    }

    /// <summary>Every property of a record and of the records in it, lists of records included, with the names that lead to it.</summary>
    private static IEnumerable<(string[] Steps, JsonPropertyInfo Property)> PropertiesOf(JsonTypeInfo record, string[] steps)
    {
        foreach (var property in record.Properties)
        {
            string[] here = [.. steps, property.Name];
            yield return (here, property);
            var shape = WireShape.Of(property.PropertyType);
            var nested = shape.Kind == "model" ? property.PropertyType : shape.Kind == "list" && WireShape.Of(shape.Element!).Kind == "model" ? shape.Element : null;
            if (nested is not null && steps.Length < 3)
            {
                foreach (var inner in PropertiesOf(HarborJson.Options.GetTypeInfo(nested), shape.Kind == "list" ? [.. here, "0"] : here))
                {
                    yield return inner;
                }
            }
        }
    }

    private static void Put(JsonObject body, string[] steps, JsonNode? value)
    {
        JsonNode at = body;
        for (var step = 0; step < steps.Length; step++)
        {
            var isLast = step == steps.Length - 1;
            var next = !isLast && steps[step + 1] == "0" ? (JsonNode)new JsonArray() : new JsonObject();
            if (at is JsonArray list)
            {
                if (list.Count == 0)
                {
                    list.Add(new JsonObject());
                }

                at = list[0]!;
            }
            else
            {
                var map = at.AsObject();
                map[steps[step]] = isLast ? value?.DeepClone() : map[steps[step]] ?? next;
                at = map[steps[step]] ?? map;
            }
        }
    }

    /// <summary>What is shown of a thing after it was written; empty when nothing shows it.</summary>
    private async Task<string> ReadBackAsync(MountedOperation operation, string path, HttpResponseMessage answer)
    {
        // A run that is only scheduled is not there yet, and Harbor calls it 0.
        var at = answer.Headers.Location?.OriginalString is { } made && !made.EndsWith("/0", StringComparison.Ordinal) ? made : path;
        var reader = MountedOperation.Of(api.Harbor).Any(each => each.Method == HttpMethod.Get && Matches(each.Path, at));
        if (!reader || operation.Method == HttpMethod.Delete)
        {
            return await answer.BodyAsync();
        }

        using var shown = await api.Admin.GetAsync(at);
        var body = await shown.BodyAsync();
        Assert.True(shown.IsSuccessStatusCode, $"{operation.Id}, then GET {at}: {(int)shown.StatusCode} {body}");
        return body;
    }

    private static bool Matches(string template, string path)
    {
        var (expected, actual) = (template.Split('/'), path.Split('?')[0].Split('/'));
        return expected.Length == actual.Length && expected.Zip(actual).All(pair => pair.First == pair.Second || pair.First.StartsWith('{'));
    }
}
