using Harbor.Integration.Startup;
using Harbor.Modules.Artifacts.Pulls;
using Harbor.Platform.Data;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Audit;

/// <summary>Reads the audit log of a server as it stands in the database, when everything on its way has arrived.</summary>
internal sealed class AuditReader(TestHarbor harbor)
{
    private long last;

    /// <summary>Waits until nothing is on its way any more.</summary>
    public async Task SettleAsync()
    {
        await harbor.Services.GetRequiredService<PullFlush>().FlushAsync(CancellationToken.None);
        await Eventually.HoldsAsync(async () => (long)(await harbor.Database.QueryAsync("SELECT count(*) FROM outbox"))! == 0, "the outbox is empty");
    }

    /// <summary>Passes over what is there.</summary>
    public async Task SkipAsync() => await TakeAsync();

    /// <summary>What was recorded since the last call: <c>admin create project demo | create project: demo | true | demo</c>.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync()
    {
        await SettleAsync();
        await using var command = harbor.Services.GetRequiredService<Database>().Command("""
            SELECT log.id, concat_ws(' ', username, operation, resource_type, resource), operation_description, operation_result::text, coalesce(project.name, '-')
            FROM audit_log_ext log LEFT JOIN project ON project.id = log.project_id WHERE log.id > $1 ORDER BY log.id
            """).With(last);
        var rows = await command.ListAsync(row => (Id: row.GetInt64(0), Text: $"{row.GetString(1)} | {row.GetString(2)} | {row.GetString(3)} | {row.GetString(4)}"), CancellationToken.None);
        last = rows.Count > 0 ? rows[^1].Id : last;
        return [.. rows.Select(row => row.Text)];
    }

    /// <summary>Runs something and expects exactly these records of it.</summary>
    public async Task RecordsAsync(Func<Task> act, params string[] expected)
    {
        await SkipAsync();
        await act();
        Assert.Equal(expected, await TakeAsync());
    }
}
