using System.Net;
using Harbor.Modules.Access;
using Harbor.Oci;
using Harbor.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Harbor.Unit.Access;

public sealed class ChallengesTests
{
    [Fact]
    public void A_request_without_credentials_is_sent_to_the_token_service() => Assert.Equal(
        """Bearer realm="http://registry.example:8080/service/token",service="harbor-registry",scope="repository:library/web:pull" """.TrimEnd(),
        Challenge(null, "", "repository:library/web:pull"));

    [Fact]
    public void The_root_needs_no_scope() =>
        Assert.Equal("""Bearer realm="http://registry.example:8080/service/token",service="harbor-registry" """.TrimEnd(), Challenge(null, ""));

    [Fact]
    public void Several_scopes_travel_in_one_text() =>
        Assert.EndsWith(",scope=\"repository:a/b:pull,push repository:c/d:pull\"", Challenge(null, "", "repository:a/b:pull,push", "repository:c/d:pull"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Basic eDp5")]
    [InlineData("Bearer x")]
    [InlineData("nonsense")]
    public void A_request_with_credentials_of_any_kind_is_asked_for_better_ones(string sent) =>
        Assert.Equal("Basic realm=\"harbor\"", Challenge(null, sent, "repository:library/web:pull"));

    [Theory]
    [InlineData("https://harbor.example.com", "https://harbor.example.com/service/token")]
    [InlineData("https://harbor.example.com/", "https://harbor.example.com/service/token")]
    [InlineData("http://harbor.example.com:8443", "http://harbor.example.com:8443/service/token")]
    [InlineData("https://example.com/harbor", "https://example.com/harbor/service/token")]
    public void An_external_address_is_what_clients_are_told(string external, string realm) =>
        Assert.StartsWith($"Bearer realm=\"{realm}\",", Challenge(new Uri(external), ""), StringComparison.Ordinal);

    [Fact]
    public void A_request_without_a_host_is_sent_where_it_arrived()
    {
        var http = new DefaultHttpContext();
        http.Request.Scheme = "http";
        http.Connection.LocalIpAddress = IPAddress.IPv6Loopback;
        http.Connection.LocalPort = 8080;

        Assert.StartsWith("Bearer realm=\"http://[::1]:8080/service/token\"", new Challenges(Options(null)).For(http), StringComparison.Ordinal);
    }

    [Fact]
    public void A_push_needs_pull_too()
    {
        Assert.True(RepositoryName.TryParse("library/web", out var name));

        Assert.Equal("repository:library/web:pull", Challenges.Scope(name, AccessAction.Pull));
        Assert.Equal("repository:library/web:pull,push", Challenges.Scope(name, AccessAction.Push));
        Assert.Equal("repository:library/web:delete", Challenges.Scope(name, AccessAction.Delete));
    }

    private static string Challenge(Uri? external, string authorization, params string[] scopes)
    {
        var http = new DefaultHttpContext();
        http.Request.Scheme = "http";
        http.Request.Host = new HostString("registry.example", 8080);
        if (authorization.Length > 0)
        {
            http.Request.Headers.Authorization = authorization;
        }

        return new Challenges(Options(external)).For(http, scopes);
    }

    private static HarborOptions Options(Uri? external) => new() { DataDirectory = "/nowhere", ExternalUrl = external };
}
