using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Harbor.Integration.Identity;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Access;

public sealed class TokenServiceTests(TokenServiceTests.Registry registry) : IClassFixture<TokenServiceTests.Registry>
{
    private const string Service = "/service/token?service=harbor-registry";

    private TestHarbor Harbor => registry.Harbor;

    [Theory]
    [InlineData("admin", "delete pull push")]
    [InlineData("owner", "delete pull push")]
    [InlineData("maintainer", "delete pull push")]
    [InlineData("developer", "pull push")]
    [InlineData("guest", "pull")]
    [InlineData("limited", "pull")]
    [InlineData("stranger", "")]
    [InlineData(null, "")]
    public async Task A_token_lists_everything_the_caller_may_do_in_the_project_whatever_was_asked(string? user, string granted)
    {
        foreach (var asked in (string[])["pull", "pull,push", "*", "nonsense", ""])
        {
            Assert.Equal($"repository closed/web {granted}".TrimEnd(), Assert.Single(await GrantedAsync(user, $"repository:closed/web:{asked}")));
        }
    }

    [Theory]
    [InlineData("stranger", "repository:open/web:pull", "repository open/web pull")]
    [InlineData(null, "repository:open/web:pull,push", "repository open/web pull")]
    [InlineData("admin", "repository:nowhere/web:pull", "repository nowhere/web")]
    [InlineData("admin", "repository:noslash:pull", "repository noslash")]
    [InlineData("admin", "repository:Open/Web:pull", "repository Open/Web")]
    [InlineData("admin", "repository:host:5000/web:pull", "repository host:5000/web")]
    [InlineData("admin", "repository", "repository ")]
    [InlineData("admin", "registry:catalog:*", "registry catalog *")]
    [InlineData("owner", "registry:catalog:*", "registry catalog")]
    [InlineData(null, "registry:catalog:*", "registry catalog")]
    [InlineData("admin", "registry:other:*", "registry other")]
    [InlineData("admin", "helm:open/web:pull", "helm open/web")]
    [InlineData("admin", "repository:open/%00:pull", "repository open/\0")]
    public async Task Every_scope_asked_for_is_in_the_token_with_what_it_is_worth(string? user, string scope, string expected) =>
        Assert.Equal(expected.TrimEnd(' '), Assert.Single(await GrantedAsync(user, scope)));

    [Fact]
    public async Task Scopes_may_come_in_one_parameter_or_in_several() => Assert.Equal(
        ["repository open/a pull", "repository closed/b", "repository open/c pull"],
        await GrantedAsync("stranger", "repository:open/a:pull%20repository:closed/b:push&scope=repository:open/c:pull"));

    [Fact]
    public async Task The_answer_and_the_token_have_Harbors_form()
    {
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        var answer = await Client("owner").JsonAsync($"{Service}&scope=repository:closed/web:pull&account=x&client_id=docker&offline_token=true");
        var claims = Claims(answer);

        Assert.Equal(["access_token", "expires_in", "issued_at", "token"], answer.EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal((1800, ""), (answer.GetProperty("expires_in").GetInt32(), answer.GetProperty("access_token").GetString()));
        var issued = DateTimeOffset.ParseExact(answer.GetProperty("issued_at").GetString()!, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(issued, before, TimeProvider.System.GetUtcNow());
        Assert.Equal("owner", claims.GetProperty("sub").GetString());
        Assert.Equal(issued.ToUnixTimeSeconds(), claims.GetProperty("iat").GetInt64());
        Assert.Equal(issued.ToUnixTimeSeconds() + 1800, claims.GetProperty("exp").GetInt64());
    }

    [Fact]
    public async Task A_login_needs_no_scope()
    {
        Assert.Empty(await GrantedAsync("owner", null));
        using var anonymous = await Harbor.Anonymous.GetAsync(Service, Ct);

        Assert.Equal((HttpStatusCode.Unauthorized, ""), (anonymous.StatusCode, await anonymous.Content.ReadAsStringAsync(Ct)));
    }

    [Theory]
    [InlineData("&scope=")]
    [InlineData("&scope=repository:open/web:pull")]
    public async Task A_caller_who_asks_for_something_need_not_say_who_he_is(string scope)
    {
        var claims = Claims(await Harbor.Anonymous.JsonAsync(Service + scope));

        Assert.Equal("", claims.GetProperty("sub").GetString());
    }

    [Fact]
    public async Task Wrong_credentials_get_what_an_anonymous_caller_gets()
    {
        var wrong = Harbor.ClientAs("nobody", "Wrong12345");

        Assert.Equal("", Claims(await wrong.JsonAsync($"{Service}&scope=repository:open/web:pull,push")).GetProperty("sub").GetString());
        Assert.Equal("401", await wrong.GetAsync(Service, Ct).ToldAsync());
    }

    [Theory]
    [InlineData("/service/token", "Unable to handle service: ")]
    [InlineData("/service/token?service=other", "Unable to handle service: other")]
    [InlineData("/service/token?service=%3Cscript%3E", "Unable to handle service: &lt;script&gt;")]
    public async Task Only_the_registry_is_served(string path, string told)
    {
        using var refused = await Harbor.Admin.GetAsync(path, Ct);

        Assert.Equal((HttpStatusCode.BadRequest, "text/plain"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        Assert.Equal(told, await refused.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_post_is_refused_so_that_containerd_comes_back_with_a_get() =>
        Assert.Equal("405", await Harbor.Admin.PostAsync("/service/token", null, Ct).ToldAsync());

    [Fact]
    public async Task A_flood_of_scopes_is_refused() => Assert.Equal(
        HttpStatusCode.BadRequest, (await Harbor.Anonymous.GetAsync($"{Service}&scope={string.Join('+', Enumerable.Range(0, 201).Select(i => $"repository:p{i}/x:pull"))}", Ct)).StatusCode);

    [Fact]
    public async Task The_lifetime_is_a_setting()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await harbor.SetAsync("token_expiration", "5");

        var answer = await harbor.Admin.JsonAsync(Service);

        Assert.Equal(300, answer.GetProperty("expires_in").GetInt32());
        Assert.Equal(300, Claims(answer).GetProperty("exp").GetInt64() - Claims(answer).GetProperty("iat").GetInt64());
    }

    [Fact]
    public async Task The_longest_lifetime_the_setting_allows_is_no_crash()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await harbor.SetAsync("token_expiration", "9999999999");

        Assert.Equal("200", (await harbor.ClientWithToken(Token(await harbor.Admin.JsonAsync(Service))).GetAsync("/v2/", Ct).ToldAsync())[..3]);
    }

    [Fact]
    public async Task A_token_is_good_on_every_replica()
    {
        await using var replica = await Harbor.ReplicaAsync();

        using var answer = await replica.ClientWithToken(Token(await Harbor.Admin.JsonAsync(Service))).GetAsync("/v2/", Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task The_management_API_takes_no_token()
    {
        using var refused = await Harbor.ClientWithToken(Token(await Harbor.Admin.JsonAsync(Service))).GetAsync("/api/v2.0/users/current", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HttpClient Client(string? user) => user switch
    {
        null => Harbor.Anonymous,
        "admin" => Harbor.Admin,
        _ => Harbor.ClientAs(user, People.Password),
    };

    private async Task<List<string>> GrantedAsync(string? user, string? scope)
    {
        var answer = await Client(user).JsonAsync(scope is null ? Service : $"{Service}&scope={scope}");
        return [.. Claims(answer).GetProperty("access").EnumerateArray().Select(entry =>
            $"{entry.GetProperty("type")} {entry.GetProperty("name")} {string.Join(' ', entry.GetProperty("actions").EnumerateArray().Select(action => action.GetString()).Order())}".TrimEnd(' '))];
    }

    private static string Token(JsonElement answer) => answer.GetProperty("token").GetString()!;

    private static JsonElement Claims(JsonElement answer) => JsonDocument.Parse(Base64Url.DecodeFromChars(Token(answer).Split('.')[1])).RootElement;

    /// <summary>A server with a closed and an open project, and somebody in each role of the closed one.</summary>
    public sealed class Registry : IAsyncLifetime
    {
        public TestHarbor Harbor { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Harbor = await TestHarbor.StartAsync();
            await Harbor.ProjectAsync("open", isPublic: true);
            await Harbor.ProjectAsync("closed");
            foreach (var (name, role) in ((string, int)[])[("owner", 1), ("developer", 2), ("guest", 3), ("maintainer", 4), ("limited", 5), ("stranger", 0)])
            {
                await Harbor.UserAsync(name);
                if (role > 0)
                {
                    await Harbor.MemberAsync("closed", name, role);
                }
            }
        }

        public ValueTask DisposeAsync() => Harbor.DisposeAsync();
    }
}
