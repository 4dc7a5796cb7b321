using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.HarborRules;

/// <summary>What a caller who is not let in is told: always 401, and how to come back.</summary>
public sealed class ChallengeTests(SharedHarbor shared)
{
    private const string Basic = "Basic realm=\"harbor\"";

    [Theory]
    [InlineData("GET", "manifests/v1", "pull")]
    [InlineData("HEAD", "manifests/v1", "pull")]
    [InlineData("GET", "blobs/{digest}", "pull")]
    [InlineData("HEAD", "blobs/{digest}", "pull")]
    [InlineData("GET", "tags/list", "pull")]
    [InlineData("GET", "referrers/{digest}", "pull")]
    [InlineData("GET", "blobs/uploads/0", "pull")]
    [InlineData("PUT", "manifests/v1", "pull,push")]
    [InlineData("POST", "blobs/uploads/", "pull,push")]
    [InlineData("PATCH", "blobs/uploads/0", "pull,push")]
    [InlineData("PUT", "blobs/uploads/0", "pull,push")]
    [InlineData("DELETE", "manifests/{digest}", "delete")]
    [InlineData("DELETE", "blobs/{digest}", "delete")]
    [InlineData("DELETE", "blobs/uploads/0", "delete")]
    public async Task A_caller_without_credentials_is_asked_for_a_token_even_by_a_public_project(string method, string what, string actions)
    {
        var repository = await shared.RepositoryAsync(isPublic: true);

        var answer = await repository.As(shared.Harbor.Anonymous).SendAsync(new HttpMethod(method), what.Replace("{digest}", $"{Digest.Of("x"u8)}", StringComparison.Ordinal));

        answer.Is(HttpStatusCode.Unauthorized);
        Assert.Equal(
            $"Bearer realm=\"{shared.Harbor.Url}service/token\",service=\"harbor-registry\",scope=\"repository:{repository.Name}:{actions}\"",
            answer.Header("WWW-Authenticate"));
        Assert.Equal("registry/2.0", answer.Header("Docker-Distribution-Api-Version"));
        if (method != "HEAD")
        {
            answer.Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        }
    }

    [Fact]
    public async Task The_text_of_a_refusal_is_Harbors()
    {
        var repository = await shared.RepositoryAsync();
        var stranger = repository.As(shared.Harbor.ClientAs("nobody", "Wrong12345"));

        var unasked = "authorize header needed to send HEAD to repository";
        Assert.Equal($"{unasked}: {unasked}", (await repository.As(shared.Harbor.Anonymous).GetAsync("manifests/v1")).Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED"));
        foreach (var (method, action) in new[] { ("GET", "pull"), ("PUT", "push"), ("DELETE", "delete") })
        {
            var refused = $"unauthorized to access repository: {repository.Name}, action: {action}";
            var answer = await stranger.SendAsync(new HttpMethod(method), "manifests/v1");
            Assert.Equal($"{refused}: {refused}", answer.Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED"));
        }
    }

    [Fact]
    public async Task Who_sent_credentials_that_do_not_suffice_is_asked_for_better_ones()
    {
        var repository = await shared.RepositoryAsync();
        foreach (var client in new[] { shared.Harbor.ClientAs("admin", "Wrong12345"), shared.Harbor.ClientWithToken("no.such.token") })
        {
            foreach (var (method, what) in new[] { ("GET", "manifests/v1"), ("PUT", "manifests/v1"), ("POST", "blobs/uploads/"), ("GET", "/v2/"), ("DELETE", $"manifests/{Digest.Of("x"u8)}") })
            {
                var answer = await repository.As(client).SendAsync(new HttpMethod(method), what);
                answer.Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
                Assert.Equal(Basic, answer.Header("WWW-Authenticate"));
            }
        }
    }

    [Theory]
    [InlineData("GET", "manifests/v1")]
    [InlineData("GET", "tags/list")]
    [InlineData("POST", "blobs/uploads/")]
    [InlineData("PUT", "manifests/v1")]
    [InlineData("DELETE", "blobs/uploads/0")]
    public async Task Of_a_project_that_is_not_there_nothing_is_told_to_anybody(string method, string what)
    {
        var path = $"/v2/no-such-project/web/{what}";

        var answer = await Answer.ToAsync(shared.Harbor.Admin, new HttpMethod(method), path);

        answer.Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        Assert.Equal("", answer.Header("WWW-Authenticate"));
        Assert.Equal("registry/2.0", answer.Header("Docker-Distribution-Api-Version"));
    }

    [Fact]
    public async Task A_client_is_sent_to_the_address_it_used()
    {
        var answer = await Answer.ToAsync(shared.Harbor.Anonymous, HttpMethod.Get, "/v2/", ("Host", "registry.example.com:5000"));

        Assert.StartsWith("Bearer realm=\"http://registry.example.com:5000/service/token\"", answer.Is(HttpStatusCode.Unauthorized).Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_cookie_does_not_replace_the_header()
    {
        var repository = await shared.RepositoryAsync(isPublic: true);

        (await repository.As(shared.Harbor.Anonymous).GetAsync("tags/list", ("Cookie", "sid=anything"))).Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }
}
