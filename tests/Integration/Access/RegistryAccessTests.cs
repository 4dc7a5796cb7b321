using System.Net;
using Harbor.Integration.Identity;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Access;

/// <summary>Who is let onto <c>/v2/</c>, and what the others are told.</summary>
public sealed class RegistryAccessTests(RegistryAccessTests.Registry registry) : IClassFixture<RegistryAccessTests.Registry>
{
    private const string List = "/v2/closed/web/tags/list";
    private const string OpenList = "/v2/open/web/tags/list";

    private TestHarbor Harbor => registry.Harbor;

    private string Realm => $"Bearer realm=\"{Harbor.Url.GetLeftPart(UriPartial.Authority)}/service/token\",service=\"harbor-registry\"";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/v2/", "")]
    [InlineData("GET", "/v2/closed/web/tags/list", ",scope=\"repository:closed/web:pull\"")]
    [InlineData("HEAD", "/v2/open/web/manifests/latest", ",scope=\"repository:open/web:pull\"")]
    [InlineData("POST", "/v2/closed/web/blobs/uploads/", ",scope=\"repository:closed/web:pull,push\"")]
    [InlineData("PUT", "/v2/closed/web/manifests/latest", ",scope=\"repository:closed/web:pull,push\"")]
    [InlineData("DELETE", "/v2/closed/web/manifests/latest", ",scope=\"repository:closed/web:delete\"")]
    public async Task A_request_without_credentials_is_told_where_to_get_a_token(string method, string path, string scope)
    {
        using var refused = await SendAsync(Harbor.Anonymous, method, path);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(Realm + scope, Challenge(refused));
        Assert.Equal("registry/2.0", refused.Headers.GetValues("Docker-Distribution-Api-Version").Single());
    }

    [Theory]
    [InlineData("/v2/")]
    [InlineData(List)]
    [InlineData("/v2/_catalog")]
    public async Task Credentials_that_are_not_good_are_answered_by_asking_for_better_ones(string path)
    {
        foreach (var client in (HttpClient[])[Harbor.ClientAs("nobody", "Wrong12345"), Harbor.ClientWithToken("not-a-token")])
        {
            using var refused = await client.GetAsync(path, Ct);

            Assert.Equal((HttpStatusCode.Unauthorized, "Basic realm=\"harbor\""), (refused.StatusCode, Challenge(refused)));
        }
    }

    [Fact]
    public async Task The_root_lets_in_whoever_has_a_name()
    {
        Assert.Equal(HttpStatusCode.OK, (await Harbor.Admin.GetAsync("/v2/", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Harbor.ClientWithToken(await TokenAsync(Harbor.Admin, "repository:closed/web:pull")).GetAsync("/v2/", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Harbor.ClientWithToken(await TokenAsync(Harbor.Anonymous, "repository:open/web:pull")).GetAsync("/v2/", Ct)).StatusCode);
    }

    [Fact]
    public async Task An_anonymous_token_reads_an_open_project_and_no_closed_one()
    {
        var client = Harbor.ClientWithToken(await TokenAsync(Harbor.Anonymous, "repository:open/web:pull&scope=repository:closed/web:pull"));

        Assert.StartsWith("404 NOT_FOUND", await client.GetAsync(OpenList, Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("401 UNAUTHORIZED", await client.GetAsync(List, Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("401 UNAUTHORIZED", await SendAsync(client, "POST", "/v2/open/web/blobs/uploads/").ToldAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_opens_the_project_it_names_and_no_other()
    {
        var client = Harbor.ClientWithToken(await TokenAsync(Harbor.Admin, "repository:closed/web:pull"));

        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(client, "POST", "/v2/closed/other/blobs/uploads/")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(client, "POST", "/v2/open/web/blobs/uploads/")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v2/_catalog", Ct)).StatusCode);
    }

    [Theory]
    [InlineData("guest", HttpStatusCode.Unauthorized)]
    [InlineData("developer", HttpStatusCode.Accepted)]
    public async Task Basic_credentials_reach_the_registry_with_the_users_own_rights(string user, HttpStatusCode push)
    {
        var client = Harbor.ClientAs(user, People.Password);

        Assert.Equal(push, (await SendAsync(client, "POST", "/v2/closed/web/blobs/uploads/")).StatusCode);
        Assert.StartsWith("404 NOT_FOUND", await client.GetAsync(List, Ct).ToldAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_from_before_a_project_was_made_again_does_not_open_it()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await harbor.ProjectAsync("phoenix");
        await harbor.UserAsync("dev");
        await harbor.MemberAsync("phoenix", "dev", 2);
        var client = harbor.ClientWithToken(await TokenAsync(harbor.ClientAs("dev", People.Password), "repository:phoenix/web:pull,push"));
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(client, "POST", "/v2/phoenix/web/blobs/uploads/")).StatusCode);

        using var deleted = await harbor.Admin.DeleteAsync("/api/v2.0/projects/phoenix", Ct);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromMinutes(5));   // more than the leeway
        await harbor.ProjectAsync("phoenix");

        using var refused = await SendAsync(client, "POST", "/v2/phoenix/web/blobs/uploads/");
        Assert.Equal((HttpStatusCode.Unauthorized, "Basic realm=\"harbor\""), (refused.StatusCode, Challenge(refused)));
    }

    [Fact]
    public async Task Once_made_again_and_open_the_old_token_may_do_what_everybody_may()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await harbor.ProjectAsync("phoenix");
        var client = harbor.ClientWithToken(await TokenAsync(harbor.Admin, "repository:phoenix/web:pull,push"));
        using var deleted = await harbor.Admin.DeleteAsync("/api/v2.0/projects/phoenix", Ct);
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromMinutes(5));
        await harbor.ProjectAsync("phoenix", isPublic: true);

        Assert.StartsWith("404 NOT_FOUND", await client.GetAsync("/v2/phoenix/web/tags/list", Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(client, "POST", "/v2/phoenix/web/blobs/uploads/")).StatusCode);
    }

    [Fact]
    public async Task Clients_are_sent_to_the_external_address_when_there_is_one()
    {
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions { ExternalUrl = new Uri("https://registry.example.com") });

        using var refused = await harbor.Anonymous.GetAsync("/v2/", Ct);

        Assert.Equal("Bearer realm=\"https://registry.example.com/service/token\",service=\"harbor-registry\"", Challenge(refused));
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        return await client.SendAsync(request, Ct);
    }

    private static string Challenge(HttpResponseMessage response) => response.Headers.NonValidated["WWW-Authenticate"].ToString();

    private static async Task<string> TokenAsync(HttpClient client, string scope) =>
        (await client.JsonAsync($"/service/token?service=harbor-registry&scope={scope}")).GetProperty("token").GetString()!;

    /// <summary>A server with a closed and an open project, and two members of the closed one.</summary>
    public sealed class Registry : IAsyncLifetime
    {
        public TestHarbor Harbor { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Harbor = await TestHarbor.StartAsync();
            await Harbor.ProjectAsync("open", isPublic: true);
            await Harbor.ProjectAsync("closed");
            await Harbor.UserAsync("developer");
            await Harbor.UserAsync("guest");
            await Harbor.MemberAsync("closed", "developer", 2);
            await Harbor.MemberAsync("closed", "guest", 3);
        }

        public ValueTask DisposeAsync() => Harbor.DisposeAsync();
    }
}
