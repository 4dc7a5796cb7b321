using System.Net;
using Harbor.Conformance.Registry;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-1: <c>GET /v2/</c>.</summary>
public sealed class End01PingTests(SharedHarbor shared)
{
    [Fact]
    public async Task A_named_caller_is_told_that_this_is_a_registry()
    {
        var answer = await Answer.ToAsync(shared.Harbor.Admin, HttpMethod.Get, "/v2/");

        Assert.Equal("{}", answer.Is(HttpStatusCode.OK).Text);
        Assert.Equal("registry/2.0", answer.Header("Docker-Distribution-Api-Version"));
        Assert.Equal("application/json; charset=utf-8", answer.Header("Content-Type"));
    }

    [Fact]
    public async Task An_unknown_caller_is_asked_for_a_token_without_a_scope()
    {
        var answer = await Answer.ToAsync(shared.Harbor.Anonymous, HttpMethod.Get, "/v2/");

        Assert.Equal("unauthorized: unauthorized", answer.Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED"));
        Assert.Equal($"Bearer realm=\"{shared.Harbor.Url}service/token\",service=\"harbor-registry\"", answer.Header("WWW-Authenticate"));
        Assert.Equal("registry/2.0", answer.Header("Docker-Distribution-Api-Version"));
    }

    [Fact]
    public async Task Without_the_slash_the_caller_is_sent_to_the_one_with_it()
    {
        var answer = await Answer.ToAsync(shared.Harbor.Anonymous, HttpMethod.Get, "/v2");

        Assert.Equal("/v2/", answer.Is(HttpStatusCode.MovedPermanently).Header("Location"));
    }
}
