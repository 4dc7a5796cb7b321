using System.Net;
using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Integration.Identity;
using Harbor.Integration.Startup;
using Harbor.Modules.Identity;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Audit;

/// <summary>Each audited operation leaves one record: who, what, on which resource, and whether it succeeded.</summary>
public sealed class RecordingTests : IAsyncLifetime
{
    private TestHarbor harbor = null!;
    private AuditReader log = null!;

    private HttpClient Admin => harbor.Admin;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync();
        log = new AuditReader(harbor);
    }

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task Projects()
    {
        await log.RecordsAsync(() => harbor.ProjectAsync("demo"), "admin create project demo | create project: demo | true | demo");
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Put, "projects/demo", new { metadata = new { @public = "true" } }),
            "admin update project demo | update project: demo | true | demo");

        var id = (long)(await harbor.Database.QueryAsync("SELECT id FROM project WHERE name = 'demo'"))!;
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Delete, "projects/demo"),
            $"admin delete project demo | delete project: demo | true | demo#{id}");

        // What did not happen and is not asked for by the API's capture leaves nothing.
        await log.RecordsAsync(() => ExpectAsync(409, HttpMethod.Post, "projects", new { project_name = "library" }));
    }

    [Fact]
    public async Task Failed_changes_of_a_project()
    {
        await harbor.UserAsync("mallory");
        await harbor.ProjectAsync("closed");
        var mallory = harbor.ClientAs("mallory", People.Password);
        var change = new { metadata = new { @public = "true" } };

        await log.RecordsAsync(
            () => ExpectAsync(403, HttpMethod.Put, "projects/closed", change, mallory), "mallory update project closed | update project: closed | false | closed");
        await log.RecordsAsync(
            () => ExpectAsync(401, HttpMethod.Put, "projects/closed", change, harbor.Anonymous), "anonymous update project closed | update project: closed | false | closed");
        await log.RecordsAsync(
            () => ExpectAsync(404, HttpMethod.Put, "projects/nowhere", change), "admin update project nowhere | update project: nowhere | false | -");
        await log.RecordsAsync(
            () => ExpectAsync(422, HttpMethod.Put, "projects/closed", "no project"), "admin update project closed | update project: closed | false | closed");
    }

    [Fact]
    public async Task Metadata_of_a_project()
    {
        await harbor.ProjectAsync("demo");
        const string updated = "admin update project demo | update project: demo | true | demo";
        const string failed = "admin update project demo | update project: demo | false | demo";

        await log.RecordsAsync(() => ExpectAsync(200, HttpMethod.Post, "projects/demo/metadatas", new { auto_scan = "true" }), updated);
        await log.RecordsAsync(() => ExpectAsync(409, HttpMethod.Post, "projects/demo/metadatas", new { auto_scan = "true" }), failed);
        await log.RecordsAsync(() => ExpectAsync(200, HttpMethod.Put, "projects/demo/metadatas/auto_scan", new { auto_scan = "false" }), updated);
        await log.RecordsAsync(() => ExpectAsync(400, HttpMethod.Put, "projects/demo/metadatas/auto_scan", new { auto_scan = "perhaps" }), failed);
        await log.RecordsAsync(() => ExpectAsync(200, HttpMethod.Delete, "projects/demo/metadatas/auto_scan"), updated);
    }

    [Fact]
    public async Task What_read_only_mode_refuses()
    {
        await harbor.ProjectAsync("demo");
        await harbor.SetAsync("read_only", "true");

        await log.RecordsAsync(
            () => ExpectAsync(403, HttpMethod.Put, "projects/demo", new { metadata = new { @public = "true" } }), "admin update project demo | update project: demo | false | demo");
        var id = await harbor.Database.QueryAsync("SELECT id FROM project WHERE name = 'demo'");
        await log.RecordsAsync(() => ExpectAsync(403, HttpMethod.Put, $"projects/{id}", new { }), "admin update project demo | update project: demo | false | demo");
        await log.RecordsAsync(
            () => ExpectAsync(403, HttpMethod.Put, "projects/nowhere", new { }), "admin update project nowhere | update project: nowhere | false | -");
    }

    [Fact]
    public async Task Robots_that_go_with_their_project()
    {
        await harbor.ProjectAsync("demo");
        var id = await harbor.Database.QueryAsync("SELECT id FROM project WHERE name = 'demo'");
        foreach (var name in (string[])["first", "second"])
        {
            await ExpectAsync(201, HttpMethod.Post, "robots", new
            {
                name,
                level = "project",
                duration = -1,
                permissions = new[] { new { kind = "project", @namespace = "demo", access = new[] { new { resource = "repository", action = "pull" } } } },
            });
        }

        await log.SkipAsync();
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Delete, "projects/demo"),
            $"admin delete robot robot$demo+first | delete robot: robot$demo+first | true | demo#{id}",
            $"admin delete robot robot$demo+second | delete robot: robot$demo+second | true | demo#{id}",
            $"admin delete project demo | delete project: demo | true | demo#{id}");
    }

    [Fact]
    public async Task Robots()
    {
        await harbor.ProjectAsync("demo");
        object Robot(string level, string place) => new
        {
            name = "ci",
            level,
            duration = -1,
            permissions = new[] { new { kind = level, @namespace = place, access = new[] { new { resource = "repository", action = level == "system" ? "list" : "pull" } } } },
        };

        await log.RecordsAsync(
            () => ExpectAsync(201, HttpMethod.Post, "robots", Robot("project", "demo")), "admin create robot robot$demo+ci | create robot: robot$demo+ci | true | demo");
        var id = await harbor.Database.QueryAsync("SELECT id FROM robot WHERE name = 'demo+ci'");
        await log.RecordsAsync(() => ExpectAsync(200, HttpMethod.Patch, $"robots/{id}", new { secret = "" }));
        await log.RecordsAsync(() => ExpectAsync(409, HttpMethod.Post, "robots", Robot("project", "demo")));
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Delete, $"robots/{id}"), "admin delete robot robot$demo+ci | delete robot: robot$demo+ci | true | demo");
    }

    [Fact]
    public async Task Members()
    {
        await harbor.UserAsync("dev");
        await harbor.ProjectAsync("demo");
        await log.RecordsAsync(
            () => harbor.MemberAsync("demo", "dev", 2), "admin create member dev | create member: dev, user in project demo | true | demo");
        var id = (long)(await harbor.Database.QueryAsync("SELECT max(id) FROM project_member"))!;

        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Put, $"projects/demo/members/{id}", new { role_id = 4 }), "admin update member dev | update member: dev, user in project demo | true | demo");
        await log.RecordsAsync(
            () => ExpectAsync(400, HttpMethod.Put, $"projects/demo/members/{id}", new { role_id = 9 }), "admin update member dev | update member: dev, in project demo | false | demo");
        await log.RecordsAsync(
            () => ExpectAsync(409, HttpMethod.Post, "projects/demo/members", new { role_id = 2, member_user = new { username = "dev" } }),
            "admin create member dev | create member: dev, in project demo | false | demo");
        await log.RecordsAsync(
            () => ExpectAsync(403, HttpMethod.Delete, $"projects/demo/members/{id}", client: harbor.ClientAs("dev", People.Password)),
            $"dev delete member {id} | delete member: {id}, in project demo | false | demo");
        await ExpectAsync(201, HttpMethod.Post, "usergroups", new { group_name = "team", group_type = 2 });
        await harbor.SetAsync("auth_mode", "http_auth");
        await log.RecordsAsync(
            () => ExpectAsync(201, HttpMethod.Post, "projects/demo/members", new { role_id = 2, member_group = new { group_name = "team", group_type = 2 } }),
            "admin create member team | create member: team, group in project demo | true | demo");
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Delete, $"projects/demo/members/{id}"), "admin delete member dev | delete member: dev, user in project demo | true | demo");
    }

    [Fact]
    public async Task Users()
    {
        await log.RecordsAsync(() => harbor.UserAsync("dev"), "admin create user dev | create user with name: dev | true | -");
        var id = (long)(await harbor.Database.QueryAsync("SELECT id FROM harbor_user WHERE username = 'dev'"))!;
        var dev = harbor.ClientAs("dev", People.Password);

        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Put, $"users/{id}", new { email = "d@example.com", realname = "D", comment = "" }, dev),
            "dev update user dev | update user with name: dev | true | -");
        await log.RecordsAsync(
            () => ExpectAsync(403, HttpMethod.Put, $"users/{id}/sysadmin", new { sysadmin_flag = true }, dev),
            "dev update user dev | update user with name: dev, change user's system administrator flag | false | -");
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Put, $"users/{id}/sysadmin", new { sysadmin_flag = true }),
            "admin update user dev | update user with name: dev, add user as system administrator | true | -");
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Put, $"users/{id}/sysadmin", new { sysadmin_flag = false }),
            "admin update user dev | update user with name: dev, remove user as system administrator | true | -");
        await log.RecordsAsync(
            () => ExpectAsync(403, HttpMethod.Put, $"users/{id}/password", new { old_password = "wrong", new_password = "Another12345" }, dev),
            "dev update user dev | update user with name: dev, change user password | false | -");
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Put, $"users/{id}/password", new { new_password = "Another12345" }),
            "admin update user dev | update user with name: dev, change user password | true | -");
        await log.RecordsAsync(
            () => ExpectAsync(409, HttpMethod.Post, "users", People.Request("dev")), "admin create user dev | create user with name: dev | false | -");
        await log.RecordsAsync(
            () => ExpectAsync(401, HttpMethod.Delete, $"users/{id}", client: harbor.Anonymous), "anonymous delete user dev | delete user with name: dev | false | -");
        await log.RecordsAsync(() => ExpectAsync(200, HttpMethod.Delete, $"users/{id}"), "admin delete user dev | delete user with name: dev | true | -");
        await log.RecordsAsync(() => ExpectAsync(404, HttpMethod.Delete, $"users/{id}"), $"admin delete user {id} | delete user with name: {id} | false | -");
    }

    [Fact]
    public async Task Signing_in_and_out()
    {
        await harbor.UserAsync("dev");
        using var browser = new Browser(harbor);
        await log.RecordsAsync(
            async () => Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync("dev", "not it")), "dev login user dev | login user: dev | false | -");
        using var another = new Browser(harbor);
        await log.RecordsAsync(
            async () => Assert.Equal(HttpStatusCode.Unauthorized, await another.SignInAsync("nobody", "not it")), "nobody login user nobody | login user: nobody | false | -");
        using var third = new Browser(harbor);
        await log.RecordsAsync(
            async () => Assert.Equal(HttpStatusCode.OK, await third.SignInAsync("dev@example.com")), "dev login user dev@example.com | login user: dev@example.com | true | -");
        await log.RecordsAsync(async () => (await third.GetAsync("/c/log_out")).Dispose(), "dev logout user dev | logout user: dev | true | -");
        await log.RecordsAsync(async () => (await third.GetAsync("/c/log_out")).Dispose());
    }

    [Fact]
    public async Task A_name_without_end_is_cut()
    {
        using var browser = new Browser(harbor);
        await log.RecordsAsync(
            async () => Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync(new string('a', 300), "not it")),
            $"{new string('a', 252)}... login user {new string('a', 300)} | login user: {new string('a', 300)} | false | -");
    }

    [Fact]
    public async Task Pushes_and_deletions()
    {
        await harbor.ProjectAsync("demo");
        using var client = new RegistryClient(harbor.Url, "demo/team/web");
        var image = TestImage.Of("web", TestImage.Bytes(1));
        var digest = image.Manifest.Digest;
        await log.RecordsAsync(
            () => client.PushAsync(image, "v1"), $"admin create artifact demo/team/web:v1 | push artifact: demo/team/web@{digest} | true | demo");
        await log.RecordsAsync(
            () => client.PushAsync(image), $"admin create artifact demo/team/web@{digest} | push artifact: demo/team/web@{digest} | true | demo");
        await log.RecordsAsync(
            () => client.DeleteAsync($"manifests/{digest}"), $"admin delete artifact demo/team/web@{digest} | delete artifact: demo/team/web@{digest} | true | demo");
        await log.RecordsAsync(async () => Assert.Null(await client.GetAsync("manifests/v1")));
    }

    [Fact]
    public async Task Tags_copies_and_deletions_by_the_management_API()
    {
        await harbor.ProjectAsync("demo");
        await harbor.ProjectAsync("copies");
        using var client = new RegistryClient(harbor.Url, "demo/web");
        var image = TestImage.Of("web", TestImage.Bytes(1));
        var digest = image.Manifest.Digest;
        await client.PushAsync(image, "v1");
        await log.SkipAsync();
        const string artifact = "projects/demo/repositories/web/artifacts/v1";

        await log.RecordsAsync(
            () => ExpectAsync(201, HttpMethod.Post, $"{artifact}/tags", new { name = "v2" }), "admin create tag demo/web:v2 | create tag: demo/web:v2 | true | demo");
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Delete, $"{artifact}/tags/v2"), "admin delete tag demo/web:v2 | delete tag: demo/web:v2 | true | demo");
        await log.RecordsAsync(
            () => ExpectAsync(201, HttpMethod.Post, $"projects/copies/repositories/web/artifacts?from=demo/web@{digest}"),
            $"admin create artifact copies/web:v1 | push artifact: copies/web@{digest} | true | copies");
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Delete, artifact), $"admin delete artifact demo/web@{digest} | delete artifact: demo/web@{digest} | true | demo");
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Delete, "projects/copies/repositories/web"), "admin delete repository copies/web | delete repository: copies/web | true | copies");
    }

    [Fact]
    public async Task Changes_of_the_configuration_without_the_values()
    {
        await log.RecordsAsync(
            () => ExpectAsync(200, HttpMethod.Put, "configurations", new { oidc_client_secret = "hushed", banner_message = "hello" }),
            "admin update configuration configuration | update configuration | true | -");
        await log.RecordsAsync(
            () => ExpectAsync(400, HttpMethod.Put, "configurations", new { token_expiration = 0 }),
            "admin update configuration configuration | update configuration | false | -");
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext a WHERE a::text LIKE '%hushed%'"));
    }

    [Fact]
    public async Task What_is_deleted_with_an_index_has_no_record_of_its_own()
    {
        using var client = new RegistryClient(harbor.Url, "library/multi");
        var image = TestImage.Of("web", TestImage.Bytes(1));
        await client.PushAsync(image);
        var index = TestManifest.Index(image.Manifest);
        await client.PushAsync(index, "v1");

        await log.RecordsAsync(
            () => client.DeleteAsync($"manifests/{index.Digest}"), $"admin delete artifact library/multi@{index.Digest} | delete artifact: library/multi@{index.Digest} | true | library");
    }

    [Fact]
    public async Task A_disabled_event_type_leaves_no_record()
    {
        await harbor.SetAsync("disabled_audit_log_event_types", "CREATE_PROJECT, login_user");

        await log.RecordsAsync(
            async () =>
            {
                await harbor.ProjectAsync("demo");
                await ExpectAsync(200, HttpMethod.Delete, "projects/demo");
            },
            $"admin delete project demo | delete project: demo | true | demo#{await NextProjectAsync()}");
    }

    [Fact]
    public async Task A_client_that_hangs_up_cannot_hide_its_failed_sign_in()
    {
        using var browser = new Browser(harbor);
        (await browser.GetAsync("/api/v2.0/projects")).Dispose();
        browser.SetCookie("sid", "none");
        (await browser.GetAsync("/api/v2.0/projects")).Dispose();
        await log.SkipAsync();

        var connection = await harbor.ConnectAsync();
        const string form = "principal=sly&password=guess";
        await connection.SendAsync(
            $"POST /c/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nCookie: sid=none; _gorilla_csrf={browser.Cookie("_gorilla_csrf")}\r\n"
            + $"X-Harbor-CSRF-Token: {browser.CsrfToken}\r\nContent-Length: {form.Length}\r\n\r\n{form}");
        var verifier = harbor.Services.GetRequiredService<PasswordVerifier>();
        await Eventually.HoldsAsync(() => verifier.Runs > 0, "the guess is checked");
        await connection.DisposeAsync();   // before the answer, which a failure delays

        await Eventually.HoldsAsync(
            async () => (long)(await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext WHERE username = 'sly' AND NOT operation_result"))! == 1, "the guess is recorded");
    }

    private async Task<long> NextProjectAsync() =>
        (long)(await harbor.Database.QueryAsync("SELECT last_value + 1 FROM project_id_seq"))!;

    private async Task ExpectAsync(int status, HttpMethod method, string path, object? body = null, HttpClient? client = null)
    {
        using var answer = await (client ?? Admin).CallAsync(method, $"/api/v2.0/{path}", body);
        Assert.True((int)answer.StatusCode == status, $"{method} {path}: {(int)answer.StatusCode} {await answer.BodyAsync()}");
    }
}
