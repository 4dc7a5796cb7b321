using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.HarborRules;

/// <summary>The list of all repositories. These tests have a server of their own: they look at all that is on it.</summary>
public sealed class CatalogTests(CatalogTests.OwnHarbor own) : IClassFixture<CatalogTests.OwnHarbor>
{
    private static readonly string[] Repositories = ["library/a", "library/a-b", "library/a/b", "library/b", "library/c", "library/z"];

    private HttpClient Admin => own.Harbor.Admin;

    [Fact]
    public async Task Every_repository_with_a_tag_is_listed_in_ordinal_order()
    {
        var answer = (await Answer.ToAsync(Admin, HttpMethod.Get, "/v2/_catalog")).Is(HttpStatusCode.OK);

        Assert.Equal($"{{\"repositories\":[{string.Join(',', Repositories.Select(name => $"\"{name}\""))}]}}", answer.Text.TrimEnd());
        Assert.Equal("application/json; charset=utf-8", answer.Header("Content-Type"));
        Assert.Null(answer.Header("Link"));
    }

    [Fact]
    public async Task The_link_leads_through_all_pages()
    {
        var first = (await Answer.ToAsync(Admin, HttpMethod.Get, "/v2/_catalog?n=4&foo=bar")).Is(HttpStatusCode.OK);
        Assert.Equal("</v2/_catalog?last=library%2Fb&n=4>; rel=\"next\"", first.Header("Link"));

        var second = await Answer.ToAsync(Admin, HttpMethod.Get, "/v2/_catalog?last=library%2Fb&n=4");

        Assert.Equal(Repositories, Listed(first).Concat(Listed(second)));
        Assert.Null(second.Header("Link"));
        Assert.Null((await Answer.ToAsync(Admin, HttpMethod.Get, "/v2/_catalog?n=6")).Header("Link"));
    }

    [Fact]
    public async Task Without_a_count_the_last_entry_is_ignored()
    {
        Assert.Equal(Repositories, Listed(await Answer.ToAsync(Admin, HttpMethod.Get, "/v2/_catalog?last=library/b")));
        Assert.Equal(Repositories, Listed(await Answer.ToAsync(Admin, HttpMethod.Get, "/v2/_catalog?last=no-such")));
    }

    [Theory]
    [InlineData("library/bb")]
    [InlineData("library/untagged")]
    [InlineData("library/")]
    [InlineData("x%00")]
    public async Task The_last_entry_must_exist(string last)
    {
        var message = (await Answer.ToAsync(Admin, HttpMethod.Get, $"/v2/_catalog?n=2&last={last}")).Refuses(HttpStatusCode.BadRequest, "BAD_REQUEST");

        Assert.Equal($"the last: {Uri.UnescapeDataString(last)} should be a valid repository name.", message);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("1.0")]
    public async Task A_count_that_is_none_is_refused(string n) =>
        Assert.Equal("the N must be a positive int type", (await Answer.ToAsync(Admin, HttpMethod.Get, $"/v2/_catalog?n={n}")).Refuses(HttpStatusCode.BadRequest, "BAD_REQUEST"));

    [Fact]
    public async Task Asked_for_none_it_lists_none()
    {
        var answer = (await Answer.ToAsync(Admin, HttpMethod.Get, "/v2/_catalog?n=0")).Is(HttpStatusCode.OK);

        Assert.Equal("{\"repositories\":[]}", answer.Text.TrimEnd());
        Assert.Null(answer.Header("Link"));
    }

    [Fact]
    public async Task Only_a_system_administrator_lists_it()
    {
        foreach (var client in new[] { own.Harbor.Anonymous, own.Harbor.ClientAs("admin", "Wrong12345") })
        {
            var answer = await Answer.ToAsync(client, HttpMethod.Get, "/v2/_catalog");
            Assert.Equal("unauthorized to list catalog: unauthorized to list catalog", answer.Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED"));
            Assert.Equal("Basic realm=\"harbor\"", answer.Header("WWW-Authenticate"));
        }
    }

    private static IEnumerable<string?> Listed(Answer answer) => answer.Is(HttpStatusCode.OK).Json.GetProperty("repositories").EnumerateArray().Select(name => name.GetString());

    public sealed class OwnHarbor : IAsyncLifetime
    {
        public TestHarbor Harbor { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Harbor = await TestHarbor.StartAsync();
            foreach (var name in Repositories.Reverse())
            {
                await new TestRepository(Harbor, Harbor.Admin, name).PushImageAsync();
            }

            var untagged = new TestRepository(Harbor, Harbor.Admin, "library/untagged");
            var image = await untagged.ImageAsync();
            await untagged.PushManifestAsync(image.Digest.Value, image);
            await new TestRepository(Harbor, Harbor.Admin, "library/empty").PushBlobAsync(Content.Random());
        }

        public async ValueTask DisposeAsync()
        {
            await Accounts.CheckAsync(Harbor);
            await Harbor.DisposeAsync();
        }
    }
}
