using System.Net;
using System.Text.Json.Nodes;
using Harbor.Integration.Identity;
using Xunit;

namespace Harbor.Integration.Api;

public sealed class ProjectCreationTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v2.0/projects";

    [Fact]
    public async Task A_new_project_is_private_has_its_owner_as_admin_and_shows_exactly_these_fields()
    {
        var (ownerId, ownerName, owner) = await api.UserAsync();
        var name = ApiFixture.Unique("fresh");
        using var made = await owner.CallAsync(HttpMethod.Post, Path, new { project_name = name });

        var id = made.IdIn();
        Assert.Equal((HttpStatusCode.Created, $"{Path}/{id}"), (made.StatusCode, made.Headers.Location!.OriginalString));
        Assert.Equal(("", null), (await made.BodyAsync(), made.Content.Headers.ContentType));
        var shown = await owner.JsonAsync($"{Path}/{name}");
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string)shown["creation_time"]!);
        foreach (var time in (string[])["creation_time", "update_time"])
        {
            shown[time] = "T";
            shown["cve_allowlist"]![time] = "T";
        }

        var expected = $$"""
            {"project_id":{{id}},"owner_id":{{ownerId}},"name":"{{name}}","creation_time":"T","update_time":"T","owner_name":"{{ownerName}}",
             "current_user_role_id":1,"current_user_role_ids":[1],"repo_count":0,"metadata":{"public":"false"},
             "cve_allowlist":{"id":{{id}},"project_id":{{id}},"items":[],"creation_time":"T","update_time":"T"}
            }
            """;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), shown), shown.ToJsonString());
    }

    [Fact]
    public async Task The_location_ends_with_the_name_for_whoever_asks_for_it()
    {
        var name = ApiFixture.Unique("named");

        using var made = await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = name }, "X-Resource-Name-In-Location");

        Assert.Equal($"{Path}/{name}", made.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("""{"project_name":"PUB","public":true}""", "true")]
    [InlineData("""{"project_name":"PUB","metadata":{"public":"true"}}""", "true")]
    [InlineData("""{"project_name":"PUB","public":true,"metadata":{"public":"false"}}""", "false")]
    [InlineData("""{"project_name":"PUB","public":null}""", "false")]
    [InlineData("""{"project_name":"PUB","public":true,"metadata":{"public":""}}""", "true")]
    [InlineData("""{"project_name":"PUB","public":true,"metadata":{"public":null}}""", "true")]
    public async Task Being_public_is_said_in_the_metadata_or_else_in_the_old_flag(string body, string expected)
    {
        var name = ApiFixture.Unique("pub");

        using var made = await PostAsync(api.Admin, body.Replace("PUB", name, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(expected, (string)(await api.Admin.JsonAsync($"{Path}/{name}"))["metadata"]!["public"]!);
    }

    [Fact]
    public async Task What_a_caller_may_not_choose_he_does_not_choose_by_saying_it()
    {
        var (ownerId, ownerName, owner) = await api.UserAsync();
        var name = ApiFixture.Unique("plain");
        using var made = await PostAsync(owner, $$"""
            {"project_name":"{{name}}","project_id":1,"id":1,"name":"library","owner_id":1,"owner_name":"admin","deleted":true,"repo_count":99,"current_user_role_id":5,
             "creation_time":"2001-01-01T00:00:00Z","update_time":"2001-01-01T00:00:00Z","quota":{"hard":{"storage":9} },"cve_allowlist":{"items":[{"cve_id":"CVE-1"}]},
             "metadata":{"proxy_speed_kb":"7","max_upstream_conn":"7","proxy_cache_filter_pattern":"**","proxy_cache_filter_kind":"nonsense","retention_id":"","auto_scan":"","severity":"HIGH"} }
            """);

        var shown = await owner.JsonAsync($"{Path}/{name}");
        Assert.Equal(
            (made.IdIn(), ownerId, ownerName, name, 0, 1),
            ((long)shown["project_id"]!, (long)shown["owner_id"]!, (string)shown["owner_name"]!, (string)shown["name"]!, (int)shown["repo_count"]!, (int)shown["current_user_role_id"]!));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"public":"false","severity":"high"}"""), shown["metadata"]), shown.ToJsonString());
        Assert.Empty(shown["cve_allowlist"]!["items"]!.AsArray());
        Assert.DoesNotContain("2001", shown.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public", "1", "true")]
    [InlineData("auto_scan", "True", "true")]
    [InlineData("prevent_vul", "f", "false")]
    [InlineData("enable_content_trust_cosign", "true", "true")]
    [InlineData("severity", "Negligible", "none")]
    public async Task Settings_are_stored_in_one_form_however_they_are_set(string key, string given, string stored)
    {
        var (made, put, added) = (ApiFixture.Unique("form"), ApiFixture.Unique("form"), ApiFixture.Unique("form"));
        var metadata = new Dictionary<string, string> { [key] = given };
        await ExpectAsync(201, await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = made, metadata }));
        await ExpectAsync(201, await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = put }));
        await ExpectAsync(200, await api.Admin.CallAsync(HttpMethod.Put, $"{Path}/{put}", new { metadata }));
        await ExpectAsync(201, await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = added }));
        var isSet = key == "public";
        await ExpectAsync(200, await api.Admin.CallAsync(isSet ? HttpMethod.Put : HttpMethod.Post, $"{Path}/{added}/metadatas{(isSet ? "/public" : "")}", metadata));

        foreach (var project in (string[])[made, put, added])
        {
            Assert.Equal(stored, (string)(await api.Admin.JsonAsync($"{Path}/{project}"))["metadata"]![key]!);
        }
    }

    [Theory]
    [InlineData("public", "yes")]
    [InlineData("auto_scan", "perhaps")]
    [InlineData("auto_sbom_generation", "tRUE")]
    [InlineData("prevent_vul", " true")]
    [InlineData("reuse_sys_cve_allowlist", "größe")]
    [InlineData("proxy_referrer_api", "2")]
    [InlineData("severity", "dire")]
    public async Task A_value_that_a_setting_does_not_take_is_refused_however_it_is_set(string key, string value)
    {
        var (refused, project) = (ApiFixture.Unique("refused"), await api.ProjectAsync());
        var metadata = new Dictionary<string, string> { [key] = value };
        await ExpectAsync(400, await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = refused, metadata }));
        await ExpectAsync(400, await api.Admin.CallAsync(HttpMethod.Put, $"{Path}/{project}", new { metadata }));
        await ExpectAsync(400, await api.Admin.CallAsync(HttpMethod.Post, $"{Path}/{project}/metadatas", metadata));
        await ExpectAsync(400, await api.Admin.CallAsync(HttpMethod.Put, $"{Path}/{project}/metadatas/{key}", metadata));

        Assert.Equal(404, (await api.Admin.RefusalAsync($"{Path}/{refused}")).Status);
        Assert.Equal("""{"public":"false"}""", (await api.Admin.JsonAsync($"{Path}/{project}"))["metadata"]!.ToJsonString());
    }

    [Fact]
    public async Task A_name_that_is_taken_is_a_conflict()
    {
        var name = await api.ProjectAsync();

        using var again = await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = name });

        Assert.Equal((409, "CONFLICT", $"The project named {name} already exists"), await again.RefusalAsync());
    }

    [Fact]
    public async Task Of_two_hundred_who_want_one_name_at_once_exactly_one_gets_it()
    {
        var name = ApiFixture.Unique("wanted");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            using var answer = await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = name });
            return (int)answer.StatusCode;
        }));

        Assert.Equal([(201, 1), (409, 199)], statuses.CountBy(status => status).Select(each => (each.Key, each.Value)).Order());
        Assert.Equal(1L, await api.Harbor.Database.QueryAsync($"SELECT count(*) FROM project WHERE name = '{name}'"));
        Assert.Equal(1L, await api.Harbor.Database.QueryAsync($"SELECT count(*) FROM quota JOIN project p ON p.id = project_id WHERE name = '{name}'"));
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a--b")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("größe")]
    [InlineData("a\\n")]
    [InlineData("a\\u0000")]
    [InlineData("..")]
    [InlineData("'; DROP TABLE project; --")]
    public async Task A_name_outside_the_grammar_is_a_bad_request(string name)
    {
        using var refused = await PostAsync(api.Admin, $$"""{"project_name":"{{name}}"}""");

        var (status, code, _) = await refused.RefusalAsync();
        Assert.Equal((400, "BAD_REQUEST"), (status, code));
    }

    [Fact]
    public async Task A_name_of_255_characters_is_taken_and_one_of_256_does_not_validate()
    {
        using var longest = await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = new string('a', 255) });
        using var tooLong = await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = new string('a', 256) });

        Assert.Equal(HttpStatusCode.Created, longest.StatusCode);
        Assert.Equal((422, "UNPROCESSABLE_ENTITY", "validation failure list:\nproject_name in body should be at most 255 chars long"), await tooLong.RefusalAsync());
        using var deleted = await api.Admin.CallAsync(HttpMethod.Delete, $"{Path}/{new string('a', 255)}");
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
    }

    [Theory]
    [InlineData("", "application/json", "project in body is required")]
    [InlineData("null", "application/json", "project in body is required")]
    [InlineData("{", "application/json", "parsing project body failed")]
    [InlineData("[]", "application/json", "parsing project body failed")]
    [InlineData("{\"project_name\":7}", "application/json", "parsing project body failed at $.project_name")]
    [InlineData("{\"project_name\":\"x\",\"storage_limit\":\"1\"}", "application/json", "parsing project body failed at $.storage_limit")]
    [InlineData("{\"project_name\":\"x\",\"storage_limit\":9223372036854775808}", "application/json", "parsing project body failed at $.storage_limit")]
    [InlineData("{\"project_name\":\"x\",\"metadata\":{\"public\":true}}", "application/json", "parsing project body failed at $.metadata.public")]
    [InlineData("{\"project_name\":\"\\ud800\"}", "application/json", "parsing project body failed")]
    [InlineData("{\"project_name\":\"x\"}", "application/x-www-form-urlencoded", "unsupported media type")]
    [InlineData("<x/>", "text/xml", "unsupported media type")]
    public async Task A_body_that_is_no_project_does_not_validate(string body, string type, string message)
    {
        using var refused = await PostAsync(api.Admin, body, type);

        var refusal = await refused.RefusalAsync();
        Assert.Equal((422, "UNPROCESSABLE_ENTITY"), (refusal.Status, refusal.Code));
        Assert.StartsWith("validation failure list:\n" + message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_nested_deeper_than_anybody_needs_does_not_validate()
    {
        using var refused = await PostAsync(api.Admin, "{\"x\":" + new string('[', 100_000) + new string(']', 100_000) + "}");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_a_mebibyte_is_too_large_and_ends_the_connection(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new StringContent($$"""{"project_name":"{{new string('a', 1 << 20)}}"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = chunked;

        using var refused = await api.Admin.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(413, (await refused.RefusalAsync()).Status);
        Assert.True(refused.Headers.ConnectionClose);
    }

    [Theory]
    [InlineData("""{"project_name":"x","metadata":{"public":"yes"}}""")]
    [InlineData("""{"project_name":"x","metadata":{"retention_id":"7"}}""")]
    [InlineData("""{"project_name":"x","storage_limit":-2}""")]
    [InlineData("""{"project_name":"x","storage_limit":1125899906842625}""")]
    [InlineData("""{"project_name":"x","registry_id":0}""")]
    [InlineData("""{"project_name":"x","registry_id":77}""")]
    public async Task A_value_that_a_new_project_cannot_have_is_a_bad_request(string body)
    {
        using var refused = await PostAsync(api.Admin, body);

        Assert.Equal(400, (await refused.RefusalAsync()).Status);
    }

    [Fact]
    public async Task The_storage_limit_is_the_administrators_to_set()
    {
        var (_, _, owner) = await api.UserAsync();
        var (theirs, ours) = (ApiFixture.Unique("limit"), ApiFixture.Unique("limit"));
        using var byOwner = await owner.CallAsync(HttpMethod.Post, Path, new { project_name = theirs, storage_limit = 5000 });
        using var byAdmin = await api.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = ours, storage_limit = 5000 });

        Assert.Equal("""{"hard":{"storage":-1},"used":{"storage":0}}""", (await api.Admin.JsonAsync($"{Path}/{theirs}/summary"))["quota"]!.ToJsonString());
        Assert.Equal("""{"hard":{"storage":5000},"used":{"storage":0}}""", (await api.Admin.JsonAsync($"{Path}/{ours}/summary"))["quota"]!.ToJsonString());
    }

    [Fact]
    public async Task Nobody_but_people_who_signed_in_makes_projects_and_a_registry_may_be_linked_by_administrators_alone()
    {
        var (_, _, user) = await api.UserAsync();
        using var anonymous = await api.Anonymous.CallAsync(HttpMethod.Post, Path, new { project_name = "x" });
        using var proxy = await user.CallAsync(HttpMethod.Post, Path, new { project_name = "x", registry_id = 1 });

        Assert.Equal((401, "UNAUTHORIZED", "unauthorized"), await anonymous.RefusalAsync());
        Assert.Equal((403, "FORBIDDEN", "Only system admin can create proxy cache project"), await proxy.RefusalAsync());
    }

    [Fact]
    public async Task While_creation_is_restricted_only_administrators_make_projects()
    {
        await using var harbor = await Support.TestHarbor.StartAsync();
        await harbor.SetAsync("project_creation_restriction", "adminonly");
        await harbor.Database.QueryAsync("""
            INSERT INTO harbor_user (username, password_hash, password_salt, password_version)
            SELECT 'dev', password_hash, password_salt, password_version FROM harbor_user WHERE id = 1
            """);

        using var refused = await harbor.ClientAs("dev", Support.TestHarbor.AdminPassword).CallAsync(HttpMethod.Post, Path, new { project_name = "x" });
        using var made = await harbor.Admin.CallAsync(HttpMethod.Post, Path, new { project_name = "x" });

        Assert.Equal((403, "FORBIDDEN", "Only system admin can create project"), await refused.RefusalAsync());
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
    }

    private static async Task ExpectAsync(int status, HttpResponseMessage answer)
    {
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode} {await answer.BodyAsync()}");
        answer.Dispose();
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string body, string type = "application/json") =>
        client.CallTextAsync(HttpMethod.Post, Path, body, type);
}
