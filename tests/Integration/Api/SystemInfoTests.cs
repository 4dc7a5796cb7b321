using System.Net;
using System.Text.Json.Nodes;
using Harbor.Integration.Configuration;
using Harbor.Modules.Access;
using Harbor.Platform.Diagnostics;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Api;

public sealed class SystemInfoTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Ping_answers_pong_as_text_even_with_wrong_credentials()
    {
        using var answer = await api.Harbor.ClientAs("admin", "wrong").CallAsync(HttpMethod.Get, "/api/v2.0/ping");

        Assert.Equal((HttpStatusCode.OK, "Pong", "text/plain"), (answer.StatusCode, await answer.BodyAsync(), answer.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task The_version_of_the_api_stands_outside_of_it() =>
        Assert.Equal("""{"version":"v2.0"}""", (await api.Anonymous.JsonAsync("/api/version")).ToJsonString());

    [Fact]
    public async Task Every_part_answers_for_its_health_by_name()
    {
        var health = await api.Anonymous.JsonAsync("/api/v2.0/health");

        var names = health["components"]!.Names().ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(["core", "database", "jobservice", "portal", "redis", "registry", "registryctl"], names);
        Assert.All(health["components"]!.AsArray(), component => Assert.Equal("healthy", (string)component!["status"]!));
        Assert.Equal("healthy", (string)health["status"]!);
    }

    [Fact]
    public async Task A_part_that_fails_or_hangs_is_named_without_its_secrets_and_health_still_answers_at_once()
    {
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions
        {
            Services = services => services
                .AddSingleton<IComponentHealth>(new StubHealth("broken", _ => throw new InvalidOperationException("password=secret")))
                .AddSingleton<IComponentHealth>(new StubHealth("hanging", _ => new TaskCompletionSource<string?>().Task))
                .AddSingleton<IComponentHealth>(new StubHealth("ill", _ => Task.FromResult<string?>("no space left"))),
        });

        var health = await harbor.Anonymous.JsonAsync("/api/v2.0/health");

        Assert.Equal("unhealthy", (string)health["status"]!);
        Assert.Equal("""{"name":"broken","status":"unhealthy","error":"broken failed its check"}""", Part(health, "broken"));
        Assert.Equal("""{"name":"hanging","status":"unhealthy","error":"hanging did not answer within 5 s"}""", Part(health, "hanging"));
        Assert.Equal("""{"name":"ill","status":"unhealthy","error":"no space left"}""", Part(health, "ill"));
        Assert.Equal("""{"name":"database","status":"healthy"}""", Part(health, "database"));
        Assert.Contains(harbor.Logs.Entries, entry => entry.Message == "The health check of broken failed.");
    }

    [Fact]
    public async Task Anonymous_callers_are_told_how_to_sign_in_and_nothing_else() =>
        Assert.Equal(
            """{"banner_message":"","auth_mode":"db_auth","primary_auth_mode":false,"self_registration":false,"oidc_provider_name":""}""",
            (await api.Anonymous.JsonAsync("/api/v2.0/systeminfo")).ToJsonString());

    [Fact]
    public async Task Whoever_signed_in_is_told_the_version_and_the_address()
    {
        var (_, _, user) = await api.UserAsync();

        var info = (await user.JsonAsync("/api/v2.0/systeminfo")).AsObject();

        Assert.Equal(
            ["auth_mode", "banner_message", "current_time", "external_url", "harbor_version", "has_ca_root", "notification_enable", "oidc_provider_name", "primary_auth_mode",
                "project_creation_restriction", "read_only", "registry_storage_provider_name", "registry_url", "self_registration"],
            info.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Matches(@"^v\d+\.\d+\.\d+(-[0-9a-f]{8})?$", (string)info["harbor_version"]!);
        Assert.Equal(
            (api.Harbor.Url.GetLeftPart(UriPartial.Authority), api.Harbor.Url.Authority, "everyone", false, true),
            ((string)info["external_url"]!, (string)info["registry_url"]!, (string)info["project_creation_restriction"]!, (bool)info["read_only"]!, (bool)info["notification_enable"]!));
    }

    [Fact]
    public async Task The_address_told_is_the_one_that_the_operator_set()
    {
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions { ExternalUrl = new Uri("https://registry.example.com:8443/") });

        var info = await harbor.Admin.JsonAsync("/api/v2.0/systeminfo");

        Assert.Equal(("https://registry.example.com:8443", "registry.example.com:8443"), ((string)info["external_url"]!, (string)info["registry_url"]!));
    }

    [Fact]
    public async Task The_room_for_blobs_is_told_to_administrators()
    {
        var (_, userName, user) = await api.UserAsync();

        var volume = (await api.Admin.JsonAsync("/api/v2.0/systeminfo/volumes"))["storage"]!.AsArray().Single()!;

        Assert.InRange((ulong)volume["free"]!, 1UL, (ulong)volume["total"]!);
        Assert.Equal((403, "FORBIDDEN", userName), await user.RefusalAsync("/api/v2.0/systeminfo/volumes"));
        Assert.Equal(401, (await api.Anonymous.RefusalAsync("/api/v2.0/systeminfo/volumes")).Status);
        Assert.Equal(404, (await api.Anonymous.RefusalAsync("/api/v2.0/systeminfo/getcert")).Status);
    }

    [Fact]
    public async Task The_authentication_proxy_is_told_of_where_it_is_asked()
    {
        await using var harbor = await TestHarbor.StartAsync();
        async Task<JsonObject> InfoAsync() => (await harbor.Anonymous.JsonAsync("/api/v2.0/systeminfo")).AsObject();
        await harbor.SetAsync("oidc_name", "Firma");
        await harbor.SetAsync("http_authproxy_endpoint", "https://proxy.example.com");
        Assert.Equal("", (string)(await InfoAsync())["oidc_provider_name"]!);

        await harbor.SetAsync("auth_mode", "oidc_auth");
        Assert.Equal(("Firma", false), ((string)(await InfoAsync())["oidc_provider_name"]!, (await InfoAsync()).ContainsKey("authproxy_settings")));

        await harbor.SetAsync("auth_mode", "http_auth");
        var info = await InfoAsync();
        Assert.Equal("", (string)info["oidc_provider_name"]!);
        Assert.Equal(
            """{"endpoint":"https://proxy.example.com","tokenreivew_endpoint":"","skip_search":false,"verify_cert":true,"server_certificate":""}""",
            info["authproxy_settings"]!.ToJsonString());
    }

    [Fact]
    public async Task The_certificate_of_the_authority_is_handed_to_everybody_and_never_a_key()
    {
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions { ExternalUrl = new Uri("https://registry.example.com") });
        const string Certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        var file = Path.Combine(harbor.DataDirectory, "ca_download", "ca.crt");
        async Task<bool> IsToldAsync() => (bool)(await harbor.Admin.JsonAsync("/api/v2.0/systeminfo"))["has_ca_root"]!;
        Assert.Equal((404, false), ((await harbor.Anonymous.RefusalAsync("/api/v2.0/systeminfo/getcert")).Status, await IsToldAsync()));

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, Certificate);
        using var answer = await harbor.Anonymous.GetAsync("/api/v2.0/systeminfo/getcert");
        Assert.Equal(
            (Certificate, "application/octet-stream", "attachment", "ca.crt", true),
            (await answer.BodyAsync(), answer.Content.Headers.ContentType!.ToString(), answer.Content.Headers.ContentDisposition!.DispositionType, answer.Content.Headers.ContentDisposition.FileName, await IsToldAsync()));

        await File.WriteAllTextAsync(file, Certificate + "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n");
        Assert.Equal((404, false), ((await harbor.Anonymous.RefusalAsync("/api/v2.0/systeminfo/getcert")).Status, await IsToldAsync()));
    }

    [Fact]
    public async Task Without_https_no_authority_is_told_of()
    {
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions { ExternalUrl = new Uri("http://registry.example.com") });
        Directory.CreateDirectory(Path.Combine(harbor.DataDirectory, "ca_download"));
        await File.WriteAllTextAsync(Path.Combine(harbor.DataDirectory, "ca_download", "ca.crt"), "-----BEGIN CERTIFICATE-----\n");

        Assert.False((bool)(await harbor.Admin.JsonAsync("/api/v2.0/systeminfo"))["has_ca_root"]!);
    }

    [Fact]
    public async Task Search_finds_visible_projects_and_repositories_by_part_of_their_name()
    {
        var (open, closed) = (await api.ProjectAsync(isPublic: true), await api.ProjectAsync());
        var name = ApiFixture.Unique("find_me");
        await api.ArtifactAsync(open, name, ["v1"]);
        await api.ArtifactAsync(closed, name, ["v1"]);
        var member = await api.MemberAsync(closed, Role.Guest);

        var forAnybody = await api.Anonymous.JsonAsync($"/api/v2.0/search?q={name.ToUpperInvariant()}");
        var forMember = await member.JsonAsync($"/api/v2.0/search?q={name}");
        var byProject = await member.JsonAsync($"/api/v2.0/search?q={closed}");

        var openId = await api.ProjectIdAsync(open);
        Assert.Equal(
            $$"""{"project":[],"repository":[{"project_id":{{openId}},"project_name":"{{open}}","project_public":true,"repository_name":"{{open}}/{{name}}","artifact_count":1}]}""",
            forAnybody.ToJsonString());
        Assert.Equal([$"{open}/{name}", $"{closed}/{name}"], forMember["repository"]!.Names("repository_name"));
        var project = byProject["project"]!.AsArray().Single()!.AsObject();
        Assert.Equal((closed, null, "false"), ((string)project["name"]!, project["cve_allowlist"]!["items"], (string)project["metadata"]!["public"]!));
        Assert.False(project.ContainsKey("owner_name"));
        Assert.Equal([$"{closed}/{name}"], byProject["repository"]!.Names("repository_name"));
        Assert.Empty((await api.Anonymous.JsonAsync("/api/v2.0/search?q=find%25me"))["repository"]!.AsArray());
        Assert.Empty((await api.Admin.JsonAsync("/api/v2.0/search?q=_ibrary"))["project"]!.AsArray());
    }

    [Fact]
    public async Task Search_without_a_question_does_not_validate_and_with_an_empty_one_finds_all()
    {
        Assert.Equal((422, "UNPROCESSABLE_ENTITY", "validation failure list:\nq in query is required"), await api.Anonymous.RefusalAsync("/api/v2.0/search"));
        Assert.Contains("library", (await api.Anonymous.JsonAsync("/api/v2.0/search?q="))["project"]!.Names());
    }

    [Fact]
    public async Task Statistics_tell_each_caller_what_he_may_count()
    {
        await using var harbor = await TestHarbor.StartAsync();
        var own = new ApiFixture(harbor);
        var (_, _, owner) = await own.UserAsync();
        var (open, closed) = (await own.ProjectAsync(isPublic: true), await own.ProjectAsync(owner: owner));
        await own.ProjectAsync();
        await own.ArtifactAsync(open, "web", []);
        await own.ArtifactAsync(closed, "web", []);
        await own.ArtifactAsync(closed, "app", []);
        await harbor.Database.QueryAsync("INSERT INTO blob (digest, size, pushed_at) VALUES ('\\x01', 1000, now())");

        Assert.Equal(
            """{"private_project_count":1,"private_repo_count":2,"public_project_count":2,"public_repo_count":1,"total_project_count":0,"total_repo_count":0,"total_storage_consumption":0}""",
            (await owner.JsonAsync("/api/v2.0/statistics")).ToJsonString());
        Assert.Equal(
            """{"private_project_count":2,"private_repo_count":2,"public_project_count":2,"public_repo_count":1,"total_project_count":4,"total_repo_count":3,"total_storage_consumption":2200}""",
            (await harbor.Admin.JsonAsync("/api/v2.0/statistics")).ToJsonString());
        Assert.Equal(401, (await harbor.Anonymous.RefusalAsync("/api/v2.0/statistics")).Status);
    }

    [Fact]
    public async Task What_robots_may_be_granted_is_told_to_administrators_of_the_system_or_of_a_project()
    {
        var project = await api.ProjectAsync();
        var (admin, guest) = (await api.MemberAsync(project, Role.ProjectAdmin), await api.MemberAsync(project, Role.Guest));

        var all = await api.Admin.JsonAsync("/api/v2.0/permissions");
        var some = (await admin.JsonAsync("/api/v2.0/permissions")).AsObject();

        Assert.Contains(all["system"]!.AsArray(), each => each!.ToJsonString() == """{"resource":"catalog","action":"read"}""");
        Assert.True(some.TryGetPropertyValue("system", out var system) && system is null);
        Assert.True(JsonNode.DeepEquals(all["project"], some["project"]));
        Assert.Equal(403, (await guest.RefusalAsync("/api/v2.0/permissions")).Status);
        Assert.Equal(401, (await api.Anonymous.RefusalAsync("/api/v2.0/permissions")).Status);
    }

    private static string Part(JsonNode health, string name) =>
        health["components"]!.AsArray().Single(component => (string)component!["name"]! == name)!.ToJsonString();

    private sealed class StubHealth(string name, Func<CancellationToken, Task<string?>> check) : IComponentHealth
    {
        public string Name => name;

        public Task<string?> CheckAsync(CancellationToken ct) => check(ct);
    }
}
