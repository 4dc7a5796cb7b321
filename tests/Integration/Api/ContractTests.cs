using System.Text.Json.Serialization.Metadata;
using Harbor.Contracts;
using Harbor.Modules.ApiDescription;
using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http.Metadata;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>What is mounted is Harbor's API; what is missing of it is known, and what is ours alone is listed with its reason.</summary>
public sealed class ContractTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly Contract Contract = Contract.Load();

    // Fields of the contract that nothing fills: Harbor neither, or what they tell of is not there.
    private static readonly HashSet<string> NeverShown =
    [
        "Project.deleted", "Project.togglable", "ProjectSummary.registry", "Artifact.scan_overview", "Artifact.sbom_overview",
        "UserResp.oidc_user_meta", "Robot.secret", "ImmutableRule.params", "ImmutableSelector.extras", "GCHistory.deleted",
        "RetentionExecutionTask.status_revision", "ExecHistory.deleted",
    ];

    // Harbor's encoder cannot write the dotted names and falls back to these.
    private static readonly Dictionary<string, string> OddNames = new() { ["os.version"] = "OsVersion", ["os.features"] = "OsFeatures" };

    // Documented, and never answered by Harbor either.
    private static readonly HashSet<string> NeverAnswered = ["triggerRetentionExecution 200"];

    // Documented refusals that Harbor does not answer either, or that are answered with another status here.
    private static readonly Dictionary<string, string> NeverRefused = new()
    {
        ["listProjects 401"] = "anybody may list the public ones, and wrong credentials are nobody's",
        ["getInternalconfig 403"] = "who is no part of the installation is nobody to it: 401",
        ["getSchedulePaused 403"] = "whoever is signed in may ask",
        ["listJobQueues 404"] = "an empty list is one, too",
        ["listSchedules 404"] = "the same",
        ["getVolumes 404"] = "there is always a store",
        ["getPermissions 404"] = "the catalogue is always there",
        ["updateProjectMetadata 409"] = "a change makes nothing that could be there already",
        ["deleteProjectMetadata 409"] = "what is deleted twice is gone",
        ["removeLabel 409"] = "what is taken off twice is off",
        ["searchUserGroups 409"] = "a search makes nothing",
        ["UpdateRobot 409"] = "a robot keeps its name",
        ["getCurrentUserInfo 412"] = "who is signed in is somebody",
        ["CopyArtifact 405"] = "an accessory is refused with 403, as Harbor's code has it",
        ["createTag 405"] = "the same",
        ["CreateLabel 415"] = "a body of another media type does not validate: 422",
    };

    [Fact]
    public void Every_operation_of_the_contract_is_mounted_once_at_its_path_and_with_its_verb_or_known_to_be_missing()
    {
        var mounted = Mounted().Select(each => $"{each.Id} {each.Method} {each.Path}").Order(StringComparer.Ordinal).ToList();
        var pending = Contract.Pending();
        var promised = Contract.Operations.Where(each => !pending.Contains(each.Id)).Select(each => $"{each.Id} {each.Method} {each.Path.TrimEnd('/')}");

        Assert.NotEmpty(mounted);
        Assert.Empty(pending.Except(Contract.Operations.Select(each => each.Id)));
        Assert.Equal(promised.Order(StringComparer.Ordinal), mounted);
    }

    [Fact]
    public void Every_operation_of_our_own_says_why_it_is_there() =>
        Assert.DoesNotContain(Contract.Extensions(), each => string.IsNullOrWhiteSpace(each.Reason));

    [Fact]
    public void Parameters_have_the_names_places_types_and_defaults_of_the_contract() => ForEach((operation, mounted) =>
    {
        var declared = mounted.Parameters.Select(Describe)
            .Concat(mounted.Endpoint.RoutePattern.Parameters.Select(each => $"path {each.Name} string required"));

        // A number in the path stands in the route and in a declaration; the latter says more.
        var expected = (operation.Parameters ?? []).ToHashSet(StringComparer.Ordinal);
        var actual = declared.ToHashSet(StringComparer.Ordinal);
        actual.RemoveWhere(each => each.StartsWith("path ", StringComparison.Ordinal) && actual.Contains(each.Replace(" string ", " integer ", StringComparison.Ordinal)) && each.Contains(" string ", StringComparison.Ordinal));
        return Differences("parameters", expected, actual);
    });

    [Fact]
    public void Operations_are_tagged_as_the_contract_tags_them() => ForEach((operation, mounted) =>
        Differences("tags", [operation.Tag], mounted.Endpoint.Metadata.GetOrderedMetadata<ITagsMetadata>().SelectMany(each => each.Tags)));

    [Fact]
    public void Answers_have_the_statuses_of_the_contract() => ForEach((operation, mounted) =>
        Differences(
            "statuses",
            operation.Success.Split(' ').Where(status => !NeverAnswered.Contains($"{operation.Id} {status}")),
            Answers(mounted).Select(answer => $"{answer.StatusCode}").Distinct()));

    [Fact]
    public async Task Refusals_of_the_contract_are_described_or_it_is_known_why_not()
    {
        var document = await api.Anonymous.JsonAsync("/api/v2.0/openapi.json");
        var described = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(each => each.Value!))
            .SelectMany(each => each["responses"]!.AsObject(), (each, response) => $"{each["operationId"]} {response.Key}").ToHashSet(StringComparer.Ordinal);
        var promised = Mounted().Select(mounted => Contract.Operations.Single(each => each.Id == mounted.Id))
            .SelectMany(operation => operation.Refusals?.Split(' ') ?? [], (operation, status) => $"{operation.Id} {status}").ToList();

        Assert.Equal(NeverRefused.Keys.Order(StringComparer.Ordinal), promised.Where(each => !described.Contains(each)).Order(StringComparer.Ordinal));
        Assert.Empty(Refusals.Known.Except(Mounted().Select(each => each.Id)));
    }

    [Fact]
    public void Answers_have_the_fields_and_types_of_the_contract() => ForEach((operation, mounted) =>
    {
        var type = Answers(mounted).Select(answer => answer.Type).FirstOrDefault(each => each is not null && each != typeof(void));
        return (operation.Answer, type) switch
        {
            (null, null) => [],
            (null, _) => [$"answers {type.Name}, and the contract nothing"],
            ("string" or "file", _) => [],   // texts and files, which are no JSON
            (_, null) => [$"answers nothing in place of {operation.Answer}"],
            _ => Compare(operation.Answer, type, isAnswer: true),
        };
    });

    [Fact]
    public void Bodies_have_no_field_that_the_contract_does_not_know_and_its_types() => ForEach((operation, mounted) => (operation.Body, mounted.Body) switch
    {
        (null, null) => [],
        (null, _) => ["takes a body, and the contract none"],
        (_, null) => [$"does not take {operation.Body}"],
        _ => mounted.Body.BodyType is { } type ? Compare(operation.Body, type, isAnswer: false) : ["does not say what its body is"],
    });

    private static List<string> Compare(string expected, Type type, bool isAnswer)
    {
        var differences = new List<string>();
        var compared = new HashSet<string>();
        Visit(expected, expected, type);
        return differences;

        void Visit(string place, string contract, Type ours)
        {
            if (ours == typeof(RawJson) || contract == "object")
            {
                return;   // handed on as it is
            }

            var shape = WireShape.Of(ours);
            if (contract is ['[' or '{', .. var inner, _])
            {
                if (shape.Kind == (contract[0] == '[' ? "list" : "map"))
                {
                    Visit(place, inner, shape.Element!);
                }
                else
                {
                    differences.Add($"{place} is {contract}, and here a {shape.Kind}");
                }
            }
            else if (!Contract.Models.ContainsKey(contract))
            {
                if (contract != shape.Kind)
                {
                    differences.Add($"{place} is {contract}, and here a {shape.Kind}");
                }
            }
            else if (shape.Kind != "model")
            {
                differences.Add($"{place} is {contract}, and here a {shape.Kind}");
            }
            else if (compared.Add(contract))
            {
                VisitFields(contract, ours);
            }
        }

        void VisitFields(string model, Type type)
        {
            var ours = HarborJson.Options.GetTypeInfo(type).Properties.ToDictionary(property => property.Name);
            var theirs = Contract.FieldsOf(model).ToDictionary(field => OddNames.GetValueOrDefault(field.Name, field.Name));
            differences.AddRange(ours.Keys.Where(name => !theirs.ContainsKey(name)).Select(name => $"{model} has no {name}"));
            foreach (var (name, field) in theirs)
            {
                if (!ours.TryGetValue(name, out var property))
                {
                    if (isAnswer && !NeverShown.Contains($"{model}.{name}"))
                    {
                        differences.Add($"{model}.{name} is never shown");
                    }

                    continue;
                }

                if (isAnswer && field.AlwaysPresent && !IsAlwaysPresent(property))
                {
                    differences.Add($"{model}.{name} must always be there");
                }

                Visit($"{model}.{name}", field.Type, property.PropertyType);
            }
        }
    }

    private static bool IsAlwaysPresent(JsonPropertyInfo property) =>
        property.ShouldSerialize is null || property.AttributeProvider?.IsDefined(typeof(AlwaysPresentAttribute), inherit: true) == true;

    private static string Describe(ApiParameter parameter)
    {
        var text = $"{parameter.In} {parameter.Name} {parameter.Type}{(parameter.Required ? " required" : "")}";
        text += parameter.Default switch { null => "", bool flag => flag ? " default true" : " default false", var other => $" default {other}" };
        return parameter.Maximum is null ? text : $"{text} maximum {parameter.Maximum}";
    }

    private static IEnumerable<IProducesResponseTypeMetadata> Answers(MountedOperation mounted) =>
        mounted.Endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>();

    private static IEnumerable<string> Differences(string what, IEnumerable<string> contract, IEnumerable<string> ours)
    {
        var (expected, actual) = (contract.ToHashSet(StringComparer.Ordinal), ours.ToHashSet(StringComparer.Ordinal));
        return expected.SetEquals(actual) ? [] : [$"{what}: missing [{string.Join("; ", expected.Except(actual))}], of ours alone [{string.Join("; ", actual.Except(expected))}]"];
    }

    private void ForEach(Func<ContractOperation, MountedOperation, IEnumerable<string>> differences)
    {
        var all = (from mounted in Mounted()
                   let operation = Contract.Operations.Single(each => each.Id == mounted.Id)
                   from difference in differences(operation, mounted)
                   select $"{mounted.Id}: {difference}").ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    private IReadOnlyList<MountedOperation> Mounted() => MountedOperation.Of(api.Harbor);
}
