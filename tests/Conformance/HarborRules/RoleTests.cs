using System.Net;
using System.Net.Http.Json;
using Harbor.Conformance.Registry;
using Xunit;

namespace Harbor.Conformance.HarborRules;

/// <summary>What a member's role allows through the registry protocol.</summary>
public sealed class RoleTests(SharedHarbor shared)
{
    private const string Password = "Harbor12345";

    private static int users;

    [Theory]
    [InlineData(5, true, false, false)]    // limited guest
    [InlineData(3, true, false, false)]    // guest
    [InlineData(2, true, true, false)]     // developer
    [InlineData(4, true, true, true)]      // maintainer
    [InlineData(1, true, true, true)]      // project administrator
    [InlineData(0, false, false, false)]   // no member
    public async Task A_role_allows_what_it_should(int role, bool pulls, bool pushes, bool deletes)
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync();
        var member = repository.As(await MemberAsync(repository.Project, role));
        void Expect(bool allowed, HttpStatusCode success, Answer answer)
        {
            if (allowed)
            {
                answer.Is(success);
            }
            else
            {
                answer.Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
            }
        }

        (await member.GetAsync("/v2/")).Is(HttpStatusCode.OK);
        Expect(pulls, HttpStatusCode.OK, await member.GetAsync("manifests/v1"));
        Expect(pulls, HttpStatusCode.OK, await member.GetAsync("tags/list"));
        Expect(pulls, HttpStatusCode.OK, await member.GetAsync($"referrers/{image.Digest}"));
        Expect(pushes, HttpStatusCode.Accepted, await member.PostAsync("blobs/uploads/"));
        Expect(pushes, HttpStatusCode.Created, await member.PutManifestAsync("v2", image));
        var upload = await repository.StartUploadAsync();
        Expect(deletes, HttpStatusCode.NoContent, await member.DeleteAsync(upload));
        Expect(deletes, HttpStatusCode.Accepted, await member.DeleteAsync($"manifests/{image.Digest}"));
        (await member.GetAsync("/v2/_catalog")).Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    private async Task<HttpClient> MemberAsync(string project, int role)
    {
        var name = $"member{Interlocked.Increment(ref users)}";
        var admin = shared.Harbor.Admin;
        using var made = await admin.PostAsJsonAsync(
            "/api/v2.0/users", new { username = name, email = $"{name}@example.com", realname = name, password = Password }, TestContext.Current.CancellationToken);
        made.EnsureSuccessStatusCode();
        if (role > 0)
        {
            using var joined = await admin.PostAsJsonAsync(
                $"/api/v2.0/projects/{project}/members", new { role_id = role, member_user = new { username = name } }, TestContext.Current.CancellationToken);
            joined.EnsureSuccessStatusCode();
        }

        return shared.Harbor.ClientAs(name, Password);
    }
}
