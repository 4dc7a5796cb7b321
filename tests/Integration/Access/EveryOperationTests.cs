using System.Text.RegularExpressions;
using Harbor.Integration.Identity;
using Harbor.Modules.Access;
using Harbor.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Access;

/// <summary>Walks every operation that the server really has: none lets anybody do what the role table does not.</summary>
public sealed partial class EveryOperationTests : IAsyncLifetime
{
    private static readonly (string User, Role? Role)[] Callers =
    [
        ("stranger", null), ("foreigner", null), ("admin1", Role.ProjectAdmin), ("maintainer", Role.Maintainer),
        ("developer", Role.Developer), ("guest", Role.Guest), ("limited", Role.LimitedGuest),
    ];

    private TestHarbor harbor = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync();
        await harbor.ProjectAsync("closed");
        await harbor.ProjectAsync("foreign");
        foreach (var (user, role) in Callers)
        {
            await harbor.UserAsync(user);
            if (role is not null)
            {
                await harbor.MemberAsync("closed", user, (int)role);
            }
        }

        // Everything in his own project, nothing in the others.
        await harbor.MemberAsync("foreign", "foreigner", (int)Role.ProjectAdmin);
    }

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task No_operation_on_a_closed_project_serves_whom_the_role_table_does_not_name()
    {
        var operations = Operations<AccessRequirement.InProject>();
        Assert.NotEmpty(operations);
        foreach (var (method, path, requirements) in operations)
        {
            Assert.StartsWith("401 UNAUTHORIZED", await ToldAsync(harbor.Anonymous, method, path), StringComparison.Ordinal);
            foreach (var (user, role) in Callers)
            {
                var allowed = role is { } held && requirements.All(requirement => RolePolicies.Allows(held, requirement.Resource, requirement.Action));
                if (!allowed)
                {
                    Assert.Equal($"{user} {method} {path}: 403 FORBIDDEN forbidden", $"{user} {method} {path}: {await ToldAsync(harbor.ClientAs(user, People.Password), method, path)}");
                }
                else if (method == "GET")
                {
                    Assert.DoesNotMatch("^(401|403|500)", await ToldAsync(harbor.ClientAs(user, People.Password), method, path));
                }
            }
        }
    }

    [Fact]
    public async Task No_operation_on_the_system_serves_anybody_but_its_administrators()
    {
        var operations = Operations<AccessRequirement.InSystem>();
        Assert.NotEmpty(operations);
        foreach (var (method, path, _) in operations)
        {
            Assert.StartsWith("401 UNAUTHORIZED", await ToldAsync(harbor.Anonymous, method, path), StringComparison.Ordinal);
            Assert.Equal("403 FORBIDDEN admin1", await ToldAsync(harbor.ClientAs("admin1", People.Password), method, path));
        }
    }

    [Fact]
    public async Task No_operation_that_asks_for_a_name_serves_the_nameless()
    {
        var operations = Operations<AccessRequirement.Authenticated>();
        Assert.NotEmpty(operations);
        foreach (var (method, path, _) in operations)
        {
            Assert.StartsWith("401", await ToldAsync(harbor.Anonymous, method, path), StringComparison.Ordinal);
        }
    }

    private List<(string Method, string Path, IReadOnlyList<TRequirement> Requirements)> Operations<TRequirement>()
        where TRequirement : AccessRequirement =>
        [.. from endpoint in harbor.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let requirements = endpoint.Metadata.OfType<TRequirement>().ToList()
            where requirements.Count > 0
            from method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
            select (method, Fill(endpoint.RoutePattern.RawText!), (IReadOnlyList<TRequirement>)requirements)];

    // "1" is a number and a name; only projects are told apart.
    private static string Fill(string route) =>
        Parameter().Replace(route, parameter => parameter.Groups[1].Value.StartsWith("project_name", StringComparison.Ordinal) ? "closed" : "1").TrimEnd('/');

    private static async Task<string> ToldAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        return await client.SendAsync(request, Ct).ToldAsync();
    }

    [GeneratedRegex(@"\{\**(\w+)[^}]*\}")]
    private static partial Regex Parameter();
}
