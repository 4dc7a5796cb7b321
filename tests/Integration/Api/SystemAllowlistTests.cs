using System.Net;
using System.Text.Json.Nodes;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Api;

public sealed class SystemAllowlistTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v2.0/system/CVEAllowlist";

    [Fact]
    public async Task It_is_empty_until_it_is_set_and_every_change_replaces_it_whole()
    {
        await using var harbor = await TestHarbor.StartAsync();
        var own = new ApiFixture(harbor);
        var (_, _, user) = await own.UserAsync();
        Assert.Equal(
            """{"items":[],"creation_time":"0001-01-01T00:00:00.000Z","update_time":"0001-01-01T00:00:00.000Z"}""", (await user.JsonAsync(Path)).ToJsonString());

        await PutAsync(harbor, """{"id":7,"project_id":5,"expires_at":1900000000,"items":[{"cve_id":"CVE-2"},{"cve_id":"größe😀'; DROP TABLE cve_allowlist; --"}]}""");
        var first = await user.JsonAsync(Path);
        await PutAsync(harbor, """{"items":[{"cve_id":"CVE-3"}]}""");
        var second = await user.JsonAsync(Path);
        await PutAsync(harbor, "{}");

        Assert.Equal("""[{"cve_id":"CVE-2"},{"cve_id":"größe😀'; DROP TABLE cve_allowlist; --"}]""", Text(first["items"]!));
        Assert.Equal((1900000000L, false), ((long)first["expires_at"]!, first.AsObject().ContainsKey("project_id")));
        Assert.NotEqual("0001-01-01T00:00:00.000Z", (string)first["creation_time"]!);
        Assert.Equal(("""[{"cve_id":"CVE-3"}]""", false), (Text(second["items"]!), second.AsObject().ContainsKey("expires_at")));
        Assert.Equal("[]", Text((await user.JsonAsync(Path))["items"]!));
    }

    [Fact]
    public async Task A_project_shows_its_own_list_even_while_the_systems_is_in_force()
    {
        var project = await api.ProjectAsync();
        using var own = await api.Admin.CallTextAsync(HttpMethod.Put, $"/api/v2.0/projects/{project}", """{"cve_allowlist":{"items":[{"cve_id":"CVE-OWN"}]}}""");
        await PutAsync(api.Harbor, """{"items":[{"cve_id":"CVE-SYSTEM"}]}""");

        Assert.Equal("""[{"cve_id":"CVE-OWN"}]""", Text((await api.Admin.JsonAsync($"/api/v2.0/projects/{project}"))["cve_allowlist"]!["items"]!));
    }

    [Theory]
    [InlineData("""{"items":[{"cve_id":""}]}""", 400)]
    [InlineData("""{"items":[{}]}""", 400)]
    [InlineData("""{"items":[null]}""", 400)]
    [InlineData("""{"items":[{"cve_id":"A"},{"cve_id":"A"}]}""", 400)]
    [InlineData("""{"items":[{"cve_id":"\u0000"}]}""", 400)]
    [InlineData("", 400)]
    [InlineData("null", 400)]
    [InlineData("""{"items":"CVE-1"}""", 422)]
    [InlineData("""{"items":[{"cve_id":7}]}""", 422)]
    [InlineData("""{"expires_at":"tomorrow"}""", 422)]
    [InlineData("""{"expires_at":9223372036854775808}""", 422)]
    [InlineData("[", 422)]
    public async Task A_list_that_makes_no_sense_is_refused(string body, int status)
    {
        using var refused = await api.Admin.CallTextAsync(HttpMethod.Put, Path, body);

        Assert.Equal(status, (await refused.RefusalAsync()).Status);
    }

    [Fact]
    public async Task An_id_of_255_characters_is_taken_and_a_longer_one_refused()
    {
        using var longest = await api.Admin.CallAsync(HttpMethod.Put, Path, new { items = new[] { new { cve_id = new string('x', 255) } } });
        using var longer = await api.Admin.CallAsync(HttpMethod.Put, Path, new { items = new[] { new { cve_id = new string('x', 256) } } });

        Assert.Equal((200, 400), ((int)longest.StatusCode, (int)longer.StatusCode));
    }

    [Fact]
    public async Task Whoever_signed_in_sees_it_and_administrators_alone_change_it()
    {
        var (_, name, user) = await api.UserAsync();
        using var refused = await user.CallTextAsync(HttpMethod.Put, Path, """{"items":[]}""");

        Assert.Equal((403, "FORBIDDEN", name), await refused.RefusalAsync());
        Assert.Equal((401, "UNAUTHORIZED", "unauthorized"), await api.Anonymous.RefusalAsync(Path));
    }

    [Fact]
    public async Task Of_many_changes_at_once_one_stands_whole()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(each => PutAsync(api.Harbor, $$"""{"expires_at":{{each}},"items":[{"cve_id":"CVE-{{each}}"}]}""")));

        var shown = await api.Admin.JsonAsync(Path);
        Assert.Equal($$"""[{"cve_id":"CVE-{{(long)shown["expires_at"]!}}"}]""", Text(shown["items"]!));
    }

    private static async Task PutAsync(TestHarbor harbor, string body)
    {
        using var changed = await harbor.Admin.CallTextAsync(HttpMethod.Put, Path, body);
        Assert.Equal((HttpStatusCode.OK, ""), (changed.StatusCode, await changed.BodyAsync()));
    }

    // As it was sent, and not as this side escapes it.
    private static string Text(JsonNode node) =>
        "[" + string.Join(',', node.AsArray().Select(item => $$"""{"cve_id":"{{(string)item!["cve_id"]!}}"}""")) + "]";
}
