using System.Net;
using System.Text.Json;
using Harbor.Conformance.Registry;
using Xunit;

namespace Harbor.Conformance.HarborRules;

/// <summary>The way docker goes: a challenge, a token, the request again.</summary>
public sealed class TokenTests(SharedHarbor shared)
{
    private const string Service = "/service/token?service=harbor-registry";

    [Fact]
    public async Task An_anonymous_token_pulls_from_a_public_project_and_does_nothing_else()
    {
        var repository = await shared.RepositoryAsync(isPublic: true);
        var image = await repository.PushImageAsync();
        var bearer = await BearerAsync(shared.Harbor.Anonymous, $"repository:{repository.Name}:pull,push,delete");

        Assert.Equal(image.Bytes, (await repository.As(bearer).GetAsync("manifests/v1")).Is(HttpStatusCode.OK).Body);
        (await repository.As(bearer).PostAsync("blobs/uploads/")).Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        (await repository.As(bearer).DeleteAsync($"manifests/{image.Digest}")).Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        (await repository.As(bearer).GetAsync("/v2/")).Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        (await repository.As(bearer).GetAsync("/v2/_catalog")).Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    public async Task An_anonymous_token_does_not_open_a_private_project()
    {
        var repository = await shared.RepositoryAsync();
        await repository.PushImageAsync();

        (await repository.As(await BearerAsync(shared.Harbor.Anonymous, $"repository:{repository.Name}:pull")).GetAsync("manifests/v1"))
            .Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    public async Task A_token_opens_the_project_it_is_for_and_no_other()
    {
        var (repository, other) = (await shared.RepositoryAsync(), await shared.RepositoryAsync());
        await other.PushImageAsync();
        var bearer = await BearerAsync(shared.Harbor.Admin, $"repository:{repository.Name}:pull,push");

        var image = await repository.As(bearer).PushImageAsync();
        (await repository.As(bearer).GetAsync("/v2/")).Is(HttpStatusCode.OK);
        (await repository.As(bearer).GetAsync("manifests/v1")).Is(HttpStatusCode.OK);
        (await repository.Beside("sibling").As(bearer).PostAsync("blobs/uploads/")).Is(HttpStatusCode.Accepted);
        (await repository.As(bearer).DeleteAsync($"manifests/{image.Digest}")).Is(HttpStatusCode.Accepted);
        (await other.As(bearer).GetAsync("manifests/v1")).Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    public async Task No_token_lists_the_catalog()
    {
        var bearer = await BearerAsync(shared.Harbor.Admin, "registry:catalog:*");

        var answer = await Answer.ToAsync(bearer, HttpMethod.Get, "/v2/_catalog");

        answer.Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        Assert.Equal("Basic realm=\"harbor\"", answer.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task A_bad_token_leaves_an_anonymous_caller_who_still_may_pull_from_a_public_project()
    {
        var repository = await shared.RepositoryAsync(isPublic: true);
        await repository.PushImageAsync();

        (await repository.As(shared.Harbor.ClientWithToken("forged")).GetAsync("manifests/v1")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_mount_needs_pull_on_its_source()
    {
        var (source, target) = (await shared.RepositoryAsync(), await shared.RepositoryAsync());
        var blob = await source.PushBlobAsync(Content.Random());
        var mount = $"blobs/uploads/?mount={blob.Digest}&from={source.Name}";

        var one = target.As(await BearerAsync(shared.Harbor.Admin, $"repository:{target.Name}:pull,push"));
        (await one.PostAsync(mount)).Is(HttpStatusCode.Accepted);
        (await one.GetAsync($"blobs/{blob.Digest}")).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");

        var both = target.As(await BearerAsync(shared.Harbor.Admin, $"repository:{target.Name}:pull,push repository:{source.Name}:pull"));
        (await both.PostAsync(mount)).Is(HttpStatusCode.Created);
        Assert.Equal(blob.Bytes, (await both.GetAsync($"blobs/{blob.Digest}")).Body);
    }

    [Fact]
    public async Task The_service_answers_what_clients_read()
    {
        var token = (await Answer.ToAsync(shared.Harbor.Admin, HttpMethod.Get, $"{Service}&scope=repository:library/web:pull")).Is(HttpStatusCode.OK).Json;

        Assert.Equal(["token", "access_token", "expires_in", "issued_at"], token.EnumerateObject().Select(field => field.Name));
        Assert.Equal(3, token.GetProperty("token").GetString()!.Split('.').Length);
        Assert.Equal(1800, token.GetProperty("expires_in").GetInt32());
        Assert.InRange(token.GetProperty("issued_at").GetDateTimeOffset(), TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5));
    }

    [Fact]
    public async Task Who_is_nobody_and_asks_for_nothing_gets_an_empty_refusal()
    {
        Assert.Empty((await Answer.ToAsync(shared.Harbor.Anonymous, HttpMethod.Get, Service)).Is(HttpStatusCode.Unauthorized).Body);
        (await Answer.ToAsync(shared.Harbor.Anonymous, HttpMethod.Get, $"{Service}&scope=")).Is(HttpStatusCode.OK);
        (await Answer.ToAsync(shared.Harbor.Admin, HttpMethod.Get, Service)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_service_or_method_is_refused()
    {
        var other = (await Answer.ToAsync(shared.Harbor.Admin, HttpMethod.Get, "/service/token?service=<b>")).Is(HttpStatusCode.BadRequest);

        Assert.Equal("Unable to handle service: &lt;b&gt;", other.Text.TrimEnd());
        Assert.StartsWith("text/plain", other.Header("Content-Type"), StringComparison.Ordinal);
        (await Answer.ToAsync(shared.Harbor.Admin, HttpMethod.Post, Service)).Is(HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("repository:single:pull")]
    [InlineData("repository:no-such-project/web:pull")]
    [InlineData("unknown:library/web:pull")]
    [InlineData("repository")]
    [InlineData(":::")]
    [InlineData("%00:%00:%00")]
    public async Task A_scope_that_nobody_can_have_grants_nothing(string scope)
    {
        var token = (await Answer.ToAsync(shared.Harbor.Admin, HttpMethod.Get, $"{Service}&scope={scope}")).Is(HttpStatusCode.OK).Json.GetProperty("token").GetString()!;
        using var claims = JsonDocument.Parse(Convert.FromBase64String(Padded(token.Split('.')[1])));

        Assert.All(claims.RootElement.GetProperty("access").EnumerateArray(), access => Assert.Empty(access.GetProperty("actions").EnumerateArray()));
    }

    private static string Padded(string base64Url) => base64Url.Replace('-', '+').Replace('_', '/').PadRight((base64Url.Length + 3) / 4 * 4, '=');

    private async Task<HttpClient> BearerAsync(HttpClient who, string scope)
    {
        var answer = (await Answer.ToAsync(who, HttpMethod.Get, $"{Service}&scope={Uri.EscapeDataString(scope)}")).Is(HttpStatusCode.OK);
        return shared.Harbor.ClientWithToken(answer.Json.GetProperty("token").GetString()!);
    }
}
