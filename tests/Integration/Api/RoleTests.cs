using System.Text;
using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>Every operation on projects and content, by every kind of caller, in a project of his own and in one that is not.</summary>
/// <remarks>The table says who is let in; it repeats Harbor's, not our code's. What lets a caller in may still find nothing to do.</remarks>
public sealed class RoleTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    // Columns: projectAdmin, maintainer, developer, guest, limitedGuest; then everybody, in a public project. x: let in.
    private static readonly (string Operation, string Members, char Public)[] Table =
    [
        ("GET /projects/P", "xxxxx", 'x'),
        ("PUT /projects/P", "x----", '-'),
        ("GET /projects/P/_deletable", "x----", '-'),
        ("GET /projects/P/summary", "xxxxx", 'x'),
        ("GET /projects/P/artifacts", "xxxxx", 'x'),
        ("GET /projects/P/members", "xxxx-", '-'),
        ("POST /projects/P/members", "x----", '-'),
        ("GET /projects/P/members/999999", "xxxx-", '-'),
        ("PUT /projects/P/members/999999", "x----", '-'),
        ("DELETE /projects/P/members/999999", "x----", '-'),
        ("GET /projects/P/repositories", "xxxxx", 'x'),
        ("GET /projects/P/repositories/web", "xxxxx", '-'),
        ("PUT /projects/P/repositories/web", "xxx--", '-'),
        ("GET /projects/P/repositories/web/artifacts", "xxxxx", 'x'),
        ("GET /projects/P/repositories/web/artifacts/v1", "xxxxx", 'x'),
        ("GET /projects/P/repositories/web/artifacts/v1/tags", "xxxxx", 'x'),
        ("GET /projects/P/repositories/web/artifacts/v1/accessories", "xxxxx", 'x'),
        ("DELETE /projects/P", "x----", '-'),
    ];

    private static readonly Role[] Roles = [Role.ProjectAdmin, Role.Maintainer, Role.Developer, Role.Guest, Role.LimitedGuest];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_may_is_let_in_and_nobody_else(bool isPublic)
    {
        var (own, foreign) = (await WithContentAsync(isPublic), await WithContentAsync(isPublic));
        var members = new List<HttpClient>();
        foreach (var role in Roles)
        {
            members.Add(await api.MemberAsync(own, role));
        }

        var wrong = new StringBuilder();
        foreach (var (operation, allowed, everybody) in Table)
        {
            for (var each = 0; each < Roles.Length; each++)
            {
                await CheckAsync($"{Roles[each]} in his own project", members[each], operation, own, allowed[each] == 'x' || (isPublic && everybody == 'x'), refusal: 403);
                await CheckAsync($"{Roles[each]} of another project", members[each], operation, foreign, isPublic && everybody == 'x', refusal: 403);
            }

            // This one lists across repositories and wants to know who asks.
            var anonymous = isPublic && everybody == 'x' && !operation.EndsWith("P/artifacts", StringComparison.Ordinal);
            await CheckAsync("anonymous", api.Anonymous, operation, own, anonymous, refusal: 401);
            await CheckAsync("anonymous, by id", api.Anonymous, operation, "999999999", mayPass: false, refusal: 401);
            await CheckAsync("a member of another project, where there is none", members[0], operation, "no-such-project", mayPass: false, refusal: 403);
        }

        Assert.Equal("", wrong.ToString());

        async Task CheckAsync(string who, HttpClient client, string operation, string project, bool mayPass, int refusal)
        {
            // Deleting succeeds only in vain: the project has content.
            var status = await StatusAsync(client, operation, project);
            var passed = status is not (401 or 403);
            if (passed != mayPass || (!mayPass && status != refusal) || status >= 500)
            {
                wrong.AppendLine($"{operation} as {who}: {status}");
            }
        }
    }

    [Fact]
    public async Task An_administrator_is_let_in_everywhere_and_told_when_there_is_no_such_project()
    {
        var project = await WithContentAsync(isPublic: false);
        foreach (var (operation, _, _) in Table)
        {
            Assert.True(await StatusAsync(api.Admin, operation, project) is not (401 or 403), operation);
            Assert.True(await StatusAsync(api.Admin, operation, "no-such-project") == 404, operation);
        }
    }

    private async Task<string> WithContentAsync(bool isPublic)
    {
        var project = await api.ProjectAsync(isPublic);
        await api.ArtifactAsync(project, "web", ["v1"]);
        return project;
    }

    private static async Task<int> StatusAsync(HttpClient client, string operation, string project)
    {
        var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1].Replace("/P", $"/{project}", StringComparison.Ordinal));
        object? body = method is "PUT" or "POST" ? new { role_id = 2, description = "x" } : null;
        using var answer = await client.CallAsync(new HttpMethod(method), $"/api/v2.0{path}", body);
        return (int)answer.StatusCode;
    }
}
