using System.Net.Http.Json;
using Harbor.Integration.Content;
using Harbor.Integration.Identity;
using Harbor.Integration.Startup;
using Harbor.Platform.Data;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Configuration;

/// <summary>A local user and another way of signing in never come together: nobody is left who cannot sign in.</summary>
public sealed class AuthModeRaceTests : IAsyncLifetime
{
    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task A_change_waits_for_a_user_who_is_being_made_and_is_refused()
    {
        await using var held = await AdvisoryLock.TakeAsync(harbor.Database);
        Rewrite("VALUES ($1, $2, $3, $4, $5, $6, $7, harbor_now(), harbor_now()) RETURNING id", $"SELECT $1, $2, $3, $4, $5, $6, $7, harbor_now(), harbor_now() WHERE {AdvisoryLock.Wait} RETURNING id");
        var making = MakeAsync();
        await held.AwaitedAsync();
        var changing = ChangeAsync();
        await Eventually.HoldsAsync(async () => (long)(await harbor.Database.QueryAsync(
            "SELECT count(*) FROM pg_locks WHERE relation = 'setting'::regclass AND NOT granted"))! > 0, "the change waits");
        await held.ReleaseAsync();

        Assert.Equal("201", await making);
        Assert.Equal("400 BAD_REQUEST auth_mode cannot be changed while there are users besides admin", await changing);
    }

    [Fact]
    public async Task A_user_who_was_let_in_before_the_change_is_refused_after_it()
    {
        await using var held = await AdvisoryLock.TakeAsync(harbor.Database);
        Rewrite("SELECT EXISTS (SELECT FROM harbor_user WHERE username = $1 OR email = $2)", $"SELECT $1::text IS NULL OR $2::text IS NULL OR NOT {AdvisoryLock.Wait}");
        var making = MakeAsync();
        await Eventually.HoldsAsync(async () => making.IsCompleted || (long)(await harbor.Database.QueryAsync(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted"))! > 0, "the user is let in");
        Assert.Equal("200", await ChangeAsync());
        await held.ReleaseAsync();

        Assert.StartsWith("403 FORBIDDEN", await making, StringComparison.Ordinal);
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM harbor_user WHERE NOT deleted AND id <> 1"));
    }

    [Fact]
    public async Task Of_many_who_try_both_at_once_only_one_kind_wins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).SelectMany(each => (Task<string>[])[MakeAsync($"user{each}"), ChangeAsync()]));

        var users = (long)(await harbor.Database.QueryAsync("SELECT count(*) FROM harbor_user WHERE NOT deleted AND id <> 1"))!;
        Assert.Equal(users, outcomes.Count(outcome => outcome == "201"));
        Assert.Equal(users == 0, outcomes.Any(outcome => outcome == "200"));
        Assert.DoesNotContain(outcomes, outcome => outcome.StartsWith('5'));
    }

    private Task<string> MakeAsync(string name = "ann") => harbor.Admin.PostAsJsonAsync("/api/v2.0/users", People.Request(name)).ToldAsync();

    private Task<string> ChangeAsync() => harbor.Admin.PutAsJsonAsync("/api/v2.0/configurations", new { auth_mode = "ldap_auth" }).ToldAsync();

    private void Rewrite(string part, string by) =>
        harbor.Services.GetRequiredService<Database>().Rewrite = sql => sql.Replace(part, by, StringComparison.Ordinal);
}
