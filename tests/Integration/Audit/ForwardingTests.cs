using System.Net;
using System.Net.Sockets;
using Harbor.Integration.Identity;
using Harbor.Integration.Startup;
using Harbor.Modules.Audit.Forwarding;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Audit;

/// <summary>Records are sent to a syslog server, each at least once, and nobody waits for it.</summary>
public sealed class ForwardingTests : IAsyncLifetime
{
    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task Every_record_is_a_line_with_priority_tag_operator_and_action()
    {
        await using var syslog = SyslogServer.Start();
        await harbor.SetAsync("audit_log_forward_endpoint", syslog.Endpoint);

        await harbor.ProjectAsync("demo");
        using var refused = await harbor.Anonymous.DeleteAsync("/api/v2.0/users/1");

        await Eventually.HoldsAsync(() => syslog.Lines.Count == 2, "both records arrive");
        Assert.Contains(syslog.Lines, line => Matches(line, "operator=\"admin\" resourceType=\"project\" action:create, resource:demo, operation_description:create project: demo, operation_result:true"));
        Assert.Contains(syslog.Lines, line => Matches(line, "operator=\"anonymous\" resourceType=\"user\" action:delete, resource:admin, operation_description:delete user with name: admin, operation_result:false"));
        Assert.Equal(2L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext"));
        await Eventually.HoldsAsync(async () => (long)(await harbor.Database.QueryAsync("SELECT count(*) FROM audit_forward"))! == 0, "what is sent leaves the queue");
    }

    [Fact]
    public async Task With_the_database_skipped_records_are_only_sent()
    {
        await using var syslog = SyslogServer.Start();
        await harbor.SetAsync("audit_log_forward_endpoint", syslog.Endpoint);
        await harbor.SetAsync("skip_audit_log_database", "true");

        await harbor.ProjectAsync("demo");

        await Eventually.HoldsAsync(() => syslog.Lines.Count == 1, "the record arrives");
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM audit_log_ext"));
    }

    [Fact]
    public async Task A_disabled_event_type_is_not_sent_either()
    {
        await using var syslog = SyslogServer.Start();
        await harbor.SetAsync("audit_log_forward_endpoint", syslog.Endpoint);
        await harbor.SetAsync("disabled_audit_log_event_types", "create_project");

        await harbor.ProjectAsync("demo");
        await harbor.UserAsync("dev");

        await Eventually.HoldsAsync(() => syslog.Lines.Count > 0, "the other record arrives");
        Assert.Contains("resourceType=\"user\"", Assert.Single(syslog.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_server_is_away_requests_go_on_and_the_records_come_later()
    {
        var syslog = SyslogServer.Start();
        await harbor.SetAsync("audit_log_forward_endpoint", syslog.Endpoint);
        await harbor.ProjectAsync("before");
        await Eventually.HoldsAsync(() => syslog.Lines.Count == 1, "the first record arrives");
        var port = syslog.Port;
        await syslog.DisposeAsync();

        await harbor.ProjectAsync("meanwhile-1");
        await harbor.ProjectAsync("meanwhile-2");
        await Eventually.HoldsAsync(() => harbor.Logs.Entries.Any(entry => entry.Message.Contains("cannot be sent", StringComparison.Ordinal)), "the operator is told");
        Assert.Equal(3L, await harbor.Database.QueryAsync("SELECT count(*) FROM project WHERE name IN ('before', 'meanwhile-1', 'meanwhile-2')"));

        await using var back = SyslogServer.Start(port);
        await Eventually.HoldsAsync(() => back.Lines.Count >= 2, "what waited arrives");
        Assert.Contains(back.Lines, line => line.Contains("resource:meanwhile-1,", StringComparison.Ordinal));
        Assert.Contains(back.Lines, line => line.Contains("resource:meanwhile-2,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_value_with_line_ends_cannot_forge_a_second_record()
    {
        await using var syslog = SyslogServer.Start();
        await harbor.SetAsync("audit_log_forward_endpoint", syslog.Endpoint);
        using var browser = new Browser(harbor);

        Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync("x\n<6>2030-01-01T00:00:00Z host audit[1]: operator=\"admin\" action:login\r\n"));
        await harbor.ProjectAsync("after");

        await Eventually.HoldsAsync(() => syslog.Lines.Any(line => line.Contains("resource:after,", StringComparison.Ordinal)), "the next record arrives");
        Assert.Equal(2, syslog.Lines.Count);
        Assert.Contains("\\u000a<6>2030", syslog.Lines.Single(line => line.Contains("action:login, resource", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_queue_is_bounded_and_drops_the_oldest()
    {
        await harbor.Database.QueryAsync(
            $"INSERT INTO audit_forward (op_time, message) SELECT now(), 'old ' || n FROM generate_series(1, {AuditForwarder.MaxWaiting + 50}) AS n");

        // Bound and not listening: nobody else gets the port, and nobody answers there.
        using var nowhere = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nowhere.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await harbor.SetAsync("audit_log_forward_endpoint", $"{nowhere.LocalEndPoint}");

        await Eventually.HoldsAsync(
            async () => (long)(await harbor.Database.QueryAsync("SELECT count(*) FROM audit_forward"))! == AuditForwarder.MaxWaiting, "the surplus is dropped");
        Assert.Equal("old 51", await harbor.Database.QueryAsync("SELECT message FROM audit_forward ORDER BY id LIMIT 1"));
        Assert.Contains(harbor.Logs.Entries, entry => entry.Message.Contains("the 50 oldest were dropped", StringComparison.Ordinal));
    }

    private static bool Matches(string line, string end) =>
        line.StartsWith("<6>20", StringComparison.Ordinal) && line.Contains($" {Environment.MachineName} audit[{Environment.ProcessId}]: time=\"20", StringComparison.Ordinal)
        && line.EndsWith(end, StringComparison.Ordinal);
}
