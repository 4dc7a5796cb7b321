using System.Net;
using Harbor.Conformance.Registry;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-8: the tags of a repository.</summary>
public sealed class End08TagListTests(SharedHarbor shared)
{
    private static readonly string[] Tags = ["10", "9", "A", "_x", "a", "a-1", "a.1", "b", "z"];

    [Fact]
    public async Task All_tags_are_listed_in_ordinal_order()
    {
        var repository = await TaggedAsync();

        var answer = (await repository.GetAsync("tags/list")).Is(HttpStatusCode.OK);

        Assert.Equal(repository.Name, answer.Json.GetProperty("name").GetString());
        Assert.Equal(Tags.Order(StringComparer.Ordinal), Listed(answer));
        Assert.Null(answer.Header("Link"));
        Assert.Equal("application/json; charset=utf-8", answer.Header("Content-Type"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task The_link_leads_through_all_pages(int n)
    {
        var repository = await TaggedAsync();
        var listed = new List<string>();
        var next = $"/v2/{repository.Name}/tags/list?n={n}";
        for (var pages = 0; next is not null; pages++)
        {
            Assert.True(pages < 10);
            var page = (await repository.GetAsync(next)).Is(HttpStatusCode.OK);
            Assert.InRange(Listed(page).Length, 1, n);
            listed.AddRange(Listed(page));
            next = page.Header("Link") is { } link ? Target(link) : null;
        }

        Assert.Equal(Tags.Order(StringComparer.Ordinal), listed);
    }

    [Fact]
    public async Task The_link_names_the_last_entry_and_the_count_and_nothing_else()
    {
        var repository = await TaggedAsync();

        var answer = await repository.GetAsync("tags/list?n=2&foo=bar");

        Assert.Equal($"</v2/{repository.Name}/tags/list?last=9&n=2>; rel=\"next\"", answer.Header("Link"));
    }

    [Fact]
    public async Task The_entry_before_the_page_need_not_exist()
    {
        var repository = await TaggedAsync();

        Assert.Equal(["a-1", "a.1"], Listed(await repository.GetAsync("tags/list?n=2&last=a")));
        Assert.Equal(["a.1", "b"], Listed(await repository.GetAsync("tags/list?n=2&last=a-9")));
        Assert.Empty(Listed(await repository.GetAsync("tags/list?n=2&last=zz")));
        Assert.Equal(["z"], Listed(await repository.GetAsync("tags/list?last=b")));
    }

    [Fact]
    public async Task Asked_for_none_it_lists_none_even_of_a_repository_that_is_not_there()
    {
        var repository = await TaggedAsync();
        foreach (var asked in new[] { repository, repository.Beside("never-pushed") })
        {
            var answer = (await asked.GetAsync("tags/list?n=0")).Is(HttpStatusCode.OK);
            Assert.Equal($"{{\"name\":\"{asked.Name}\",\"tags\":[]}}", answer.Text.TrimEnd());
            Assert.Null(answer.Header("Link"));
        }
    }

    [Fact]
    public async Task A_repository_that_is_not_there_is_not_found()
    {
        var repository = await shared.RepositoryAsync();

        Assert.Equal($"repository {repository.Name} not found", (await repository.GetAsync("tags/list")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND"));
    }

    [Fact]
    public async Task A_repository_without_tags_lists_none()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();
        await repository.PushManifestAsync(image.Digest.Value, image);

        Assert.Empty(Listed((await repository.GetAsync("tags/list")).Is(HttpStatusCode.OK)));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("abc")]
    [InlineData("%00")]
    public async Task A_count_that_is_none_is_refused(string n)
    {
        var repository = await TaggedAsync();

        Assert.Equal("the N must be a positive int type", (await repository.GetAsync($"tags/list?n={n}")).Refuses(HttpStatusCode.BadRequest, "BAD_REQUEST"));
    }

    [Fact]
    public async Task A_huge_count_is_bounded()
    {
        var repository = await TaggedAsync();

        Assert.Equal(Tags.Length, Listed((await repository.GetAsync("tags/list?n=99999999999999999999999")).Is(HttpStatusCode.OK)).Length);
    }

    private static string[] Listed(Answer answer) => [.. answer.Json.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!)];

    private static string Target(string link)
    {
        Assert.EndsWith(">; rel=\"next\"", link, StringComparison.Ordinal);
        return link[1..link.IndexOf('>', StringComparison.Ordinal)];
    }

    private async Task<TestRepository> TaggedAsync()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();
        await repository.PushManifestAsync($"{image.Digest}?{string.Join('&', Tags.Reverse().Select(tag => $"tag={tag}"))}", image);
        return repository;
    }
}
