using System.Net;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>How long a session lives. The database's clock is moved.</summary>
public sealed class SessionLifetimeTests : IAsyncLifetime
{
    private const string Me = "/api/v2.0/users/current";

    private TestHarbor harbor = null!;
    private Browser browser = null!;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync();
        browser = new Browser(harbor);
        await browser.SignInAsync("admin", TestHarbor.AdminPassword);
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        await harbor.DisposeAsync();
    }

    [Fact]
    public async Task A_session_nobody_uses_ends_after_an_hour()
    {
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromMinutes(59));
        Assert.Equal(HttpStatusCode.OK, await StatusOnAFreshServerAsync(("X-Harbor-No-Session-Renewal", "true")));

        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromMinutes(61));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOnAFreshServerAsync());
    }

    [Fact]
    public async Task A_session_that_is_used_lives_on()
    {
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromMinutes(59));
        Assert.Equal(HttpStatusCode.OK, await StatusOnAFreshServerAsync());

        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromMinutes(118));
        Assert.Equal(HttpStatusCode.OK, await StatusOnAFreshServerAsync(("X-Harbor-No-Session-Renewal", "true")));
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromMinutes(120));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOnAFreshServerAsync());
    }

    [Fact]
    public async Task A_new_session_sweeps_those_that_ended()
    {
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(2));
        using var other = new Browser(harbor);
        await other.SignInAsync("admin", TestHarbor.AdminPassword);

        Assert.Equal(1L, await harbor.Database.QueryAsync("SELECT count(*) FROM user_session"));
    }

    // What a server remembers of a session it remembers by its own clock; one that has not seen it asks the database.
    private async Task<HttpStatusCode> StatusOnAFreshServerAsync(params (string Name, string Value)[] headers)
    {
        await using var replica = await harbor.ReplicaAsync();
        using var there = new Browser(replica);
        there.SetCookie("sid", browser.SessionCookie!);
        using var answer = await there.GetAsync(Me, headers);
        return answer.StatusCode;
    }
}
