using System.Net;
using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Integration.Identity;
using Harbor.Integration.Startup;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Audit;

/// <summary>The audit log knows names. It never learns a secret, and forgets a name where the operator wants it so.</summary>
public sealed class DiscretionTests
{
    private const string Secret = "Zq7MarkedSecret";

    [Fact]
    public async Task No_secret_that_a_request_carries_reaches_a_record_the_outbox_syslog_or_the_log()
    {
        await using var syslog = SyslogServer.Start();
        await using var harbor = await TestHarbor.StartAsync();
        await harbor.SetAsync("audit_log_forward_endpoint", syslog.Endpoint);
        await harbor.Database.QueryAsync("CREATE TABLE told AS SELECT payload::text AS payload FROM outbox WHERE false");
        await harbor.Database.QueryAsync("""
            CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO told VALUES (NEW.payload::text); RETURN NEW; END $$;
            CREATE TRIGGER tell BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION tell()
            """);

        // Everything that takes a secret, well and badly.
        var id = await harbor.UserAsync("dev", Secret + "1");
        var dev = harbor.ClientAs("dev", Secret + "1");
        await CallAsync(harbor.Admin, HttpMethod.Post, "users", People.Request("dev", Secret + "2"));
        await CallAsync(harbor.Admin, HttpMethod.Post, "users", People.Request("bad,name", Secret + "3"));
        await CallAsync(dev, HttpMethod.Put, $"users/{id}/password", new { old_password = Secret + "4", new_password = Secret + "5" });
        await CallAsync(dev, HttpMethod.Put, $"users/{id}/password", new { old_password = Secret + "1", new_password = Secret + "6" });
        await CallAsync(harbor.Admin, HttpMethod.Put, $"users/{id}/password", new { new_password = Secret + "7" });
        await CallAsync(harbor.Anonymous, HttpMethod.Post, "users", $$"""{"username": "x", "password": "{{Secret}}8" """);
        await CallAsync(harbor.Admin, HttpMethod.Put, "configurations", new { ldap_search_password = Secret, oidc_client_secret = Secret });
        await CallAsync(harbor.Admin, HttpMethod.Post, "robots", new { name = "ci", secret = Secret, level = "system", duration = -1 });
        await CallAsync(harbor.ClientAs("dev", Secret + "wrong"), HttpMethod.Put, "projects/library", new { metadata = new { @public = "true" } });
        using var browser = new Browser(harbor);
        Assert.Equal(HttpStatusCode.OK, await browser.SignInAsync("dev", Secret + "7"));
        using var another = new Browser(harbor);
        Assert.Equal(HttpStatusCode.Unauthorized, await another.SignInAsync("admin", Secret));
        var cookie = browser.SessionCookie!;
        (await browser.GetAsync("/c/log_out")).Dispose();
        using var client = new RegistryClient(harbor.Url, "library/web");
        await client.PushAsync(TestImage.Of("web", TestImage.Bytes(1)), "v1");
        await client.GetAsync("manifests/v1");

        await new AuditReader(harbor).SettleAsync();
        var records = (long)(await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext"))!;
        Assert.True(records >= 12, $"only {records} records");
        await Eventually.HoldsAsync(() => syslog.Lines.Count >= records, "every record is sent");

        foreach (var secret in new[] { Secret, TestHarbor.AdminPassword, cookie })
        {
            foreach (var table in new[] { "audit_log_ext", "told", "audit_forward", "outbox", "outbox_failed" })
            {
                Assert.Equal(0L, await harbor.Database.QueryAsync($"SELECT count(*) FROM {table} AS t WHERE t::text LIKE '%{secret}%'"));
            }

            Assert.DoesNotContain(syslog.Lines, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(harbor.Logs.Entries, entry => $"{entry.Message} {entry.Exception}".Contains(secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_deleted_user_is_forgotten_where_the_operator_wants_it()
    {
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions { ForgetDeletedUsersInAudit = true });
        await LiveAndLeaveAsync(harbor);

        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext AS log WHERE log::text LIKE '%forgetme%'"));
        Assert.Equal(6L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext AS log, harbor_user WHERE log::text LIKE '%#' || harbor_user.id || '%' AND deleted AND harbor_user.id > 2"));
    }

    [Fact]
    public async Task Otherwise_the_log_remembers_him()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await LiveAndLeaveAsync(harbor);

        Assert.Equal(6L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext AS log WHERE log::text LIKE '%forgetme%'"));
    }

    // Made, made a member, signed in by his address, looked around, failed to sign in, deleted: six records.
    private static async Task LiveAndLeaveAsync(TestHarbor harbor)
    {
        var id = await harbor.UserAsync("forgetme");
        await harbor.MemberAsync("library", "forgetme", 2);
        using var browser = new Browser(harbor);
        Assert.Equal(HttpStatusCode.OK, await browser.SignInAsync("forgetme@example.com"));
        using var client = new RegistryClient(harbor.Url, "library/web", "forgetme", People.Password);
        await client.PushAsync(TestImage.Of("web", TestImage.Bytes(1)), "v1");
        using var another = new Browser(harbor);
        Assert.Equal(HttpStatusCode.Unauthorized, await another.SignInAsync("forgetme", "wrong"));
        await new AuditReader(harbor).SettleAsync();
        using var deleted = await harbor.Admin.DeleteAsync($"/api/v2.0/users/{id}");
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        await new AuditReader(harbor).SettleAsync();
    }

    private static async Task CallAsync(HttpClient client, HttpMethod method, string path, object body)
    {
        using var answer = body is string text
            ? await client.CallTextAsync(method, $"/api/v2.0/{path}", text)
            : await client.CallAsync(method, $"/api/v2.0/{path}", body);
    }
}
