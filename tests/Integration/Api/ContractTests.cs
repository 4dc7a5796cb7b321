using System.Collections;
using System.Text.Json.Serialization.Metadata;
using Harbor.Contracts;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>What is mounted is Harbor's API and nothing of our own invention.</summary>
public sealed class ContractTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly Contract Contract = Contract.Load();

    // Fields of the contract that nothing fills: Harbor neither, or what they tell of is not there.
    private static readonly HashSet<string> NeverShown =
    [
        "Project.deleted", "Project.togglable", "ProjectSummary.registry", "GeneralInfo.authproxy_settings", "Artifact.scan_overview", "Artifact.sbom_overview",
        "UserResp.oidc_user_meta", "Robot.secret",
    ];

    // Harbor's encoder cannot write the dotted names and falls back to these.
    private static readonly Dictionary<string, string> OddNames = new() { ["os.version"] = "OsVersion", ["os.features"] = "OsFeatures" };

    [Fact]
    public void Every_operation_mounted_is_in_the_contract_once_at_its_path_and_with_its_verb()
    {
        var mounted = Mounted().Select(each => $"{each.Name} {each.Method} {each.Path}").ToList();

        Assert.NotEmpty(mounted);
        Assert.Equal(mounted.Distinct(), mounted);
        Assert.Empty(mounted.Except(Contract.Operations.Select(each => $"{each.Id} {each.Method} {each.Path.TrimEnd('/')}")));
    }

    [Fact]
    public void Parameters_have_the_names_places_types_and_defaults_of_the_contract()
    {
        foreach (var (operation, endpoint) in Matched())
        {
            var declared = endpoint.Metadata.GetOrderedMetadata<ApiParameter>().Select(Describe)
                .Concat(endpoint.RoutePattern.Parameters.Select(each => $"path {each.Name} string required"));

            // A number in the path stands in the route and in a declaration; the latter says more.
            var expected = (operation.Parameters ?? []).ToHashSet(StringComparer.Ordinal);
            var actual = declared.ToHashSet(StringComparer.Ordinal);
            actual.RemoveWhere(each => each.StartsWith("path ", StringComparison.Ordinal) && actual.Contains(each.Replace(" string ", " integer ", StringComparison.Ordinal)) && each.Contains(" string ", StringComparison.Ordinal));

            Assert.True(expected.SetEquals(actual), $"{operation.Id}: missing [{string.Join("; ", expected.Except(actual))}], of ours alone [{string.Join("; ", actual.Except(expected))}]");
        }
    }

    [Fact]
    public void Answers_have_the_statuses_and_the_fields_of_the_contract()
    {
        foreach (var (operation, endpoint) in Matched())
        {
            var answers = endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>();
            Assert.True(answers.Count > 0, $"{operation.Id} does not say what it answers");
            Assert.All(answers, answer => Assert.Contains($"{answer.StatusCode}", operation.Success, StringComparison.Ordinal));
            if (operation.Answer?.Trim('[', ']') is { } model && Contract.Models.ContainsKey(model))
            {
                var type = answers.Select(answer => answer.Type).FirstOrDefault(each => each is not null && each != typeof(void));
                Assert.True(type is not null, $"{operation.Id} answers with nothing in place of {model}");
                Compare(operation.Id, model, ElementOf(type), isAnswer: true, []);
            }
        }
    }

    [Fact]
    public void Bodies_have_no_field_that_the_contract_does_not_know()
    {
        foreach (var (operation, endpoint) in Matched())
        {
            if (endpoint.Metadata.GetOrderedMetadata<ApiParameter>().SingleOrDefault(each => each.In == "body") is { } body)
            {
                Assert.True(body.BodyType is not null, operation.Id);
                if (operation.Body is null)
                {
                    Assert.Equal(typeof(IReadOnlyDictionary<string, string>), body.BodyType);   // any keys: no field to compare
                    continue;
                }

                Compare(operation.Id, operation.Body, body.BodyType, isAnswer: false, []);
            }
        }
    }

    private static void Compare(string operation, string model, Type type, bool isAnswer, HashSet<string> compared)
    {
        if (!compared.Add(model))
        {
            return;
        }

        var ours = HarborJson.Options.GetTypeInfo(type).Properties.ToDictionary(property => property.Name);
        var theirs = Contract.FieldsOf(model).ToDictionary(field => OddNames.GetValueOrDefault(field.Name, field.Name));
        Assert.True(ours.Keys.All(theirs.ContainsKey), $"{operation}: {model} has no {string.Join(", ", ours.Keys.Where(name => !theirs.ContainsKey(name)))}");
        foreach (var (name, field) in theirs)
        {
            if (!ours.TryGetValue(name, out var property))
            {
                Assert.True(!isAnswer || NeverShown.Contains($"{model}.{name}"), $"{operation}: {model}.{name} is never shown");
                continue;
            }

            if (isAnswer && field.AlwaysPresent)
            {
                Assert.True(IsAlwaysPresent(property), $"{operation}: {model}.{name} must always be there");
            }

            if (field.Model is { } nested && ElementOf(property.PropertyType) is var element && element != typeof(RawJson))
            {
                Compare(operation, nested, element, isAnswer, compared);
            }
        }
    }

    private static bool IsAlwaysPresent(JsonPropertyInfo property) =>
        property.ShouldSerialize is null || property.AttributeProvider?.IsDefined(typeof(AlwaysPresentAttribute), inherit: true) == true;

    private static Type ElementOf(Type type) =>
        type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[^1] : type;

    private static string Describe(ApiParameter parameter)
    {
        var text = $"{parameter.In} {parameter.Name} {parameter.Type}{(parameter.Required ? " required" : "")}";
        text += parameter.Default switch { null => "", bool flag => flag ? " default true" : " default false", var other => $" default {other}" };
        return parameter.Maximum is null ? text : $"{text} maximum {parameter.Maximum}";
    }

    private IEnumerable<(ContractOperation Operation, RouteEndpoint Endpoint)> Matched() =>
        Mounted().Select(each => (Contract.Operations.Single(operation => operation.Id == each.Name), each.Endpoint));

    private IEnumerable<(string Name, string Method, string Path, RouteEndpoint Endpoint)> Mounted() =>
        from endpoint in api.Harbor.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let path = "/" + endpoint.RoutePattern.RawText!.Trim('/')
        where path.StartsWith(ManagementApi.BasePath, StringComparison.Ordinal)
        from method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
        select (endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "(no name)", method, path, endpoint);
}
