using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Harbor.Modules.Identity;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Identity;

public sealed class SignInTests(SignInTests.Server server) : IClassFixture<SignInTests.Server>, IAsyncLifetime
{
    private const string Me = "/api/v2.0/users/current";

    private readonly ManualClock clock = server.Clock;
    private readonly TestHarbor harbor = server.Harbor;
    private readonly string ann = $"ann{Interlocked.Increment(ref users)}";

    private static int users;
    private long annId;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => annId = await harbor.UserAsync(ann);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_user_signs_in_by_name_or_by_address()
    {
        Assert.Equal(ann, (await harbor.ClientAs(ann, People.Password).JsonAsync(Me)).GetProperty("username").GetString());
        Assert.Equal(ann, (await harbor.ClientAs($"{ann}@example.com", People.Password).JsonAsync(Me)).GetProperty("username").GetString());
    }

    [Fact]
    public async Task A_wrong_password_is_answered_late_and_locks_the_name_for_a_second_and_a_half()
    {
        var client = harbor.ClientAs(ann, People.Password);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Me, Ct)).StatusCode);

        var others = clock.Waiting;
        var wrong = harbor.ClientAs(ann, "Wrong12345").GetAsync(Me, Ct);
        await UntilAsync(() => clock.Waiting > others);

        // Locked: the right password fails too, and at once; another name does not.
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(Me, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await harbor.Admin.GetAsync(Me, Ct)).StatusCode);
        Assert.False(wrong.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal("401 UNAUTHORIZED unauthorized", await wrong.ToldAsync());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Me, Ct)).StatusCode);
    }

    [Fact]
    public async Task Wrong_credentials_make_an_anonymous_request_not_a_refused_one()
    {
        var others = clock.Waiting;
        var wrong = harbor.ClientAs("nobody", "Wrong12345").GetAsync("/api/v2.0/projects", Ct);
        await UntilAsync(() => clock.Waiting > others);
        clock.Advance(TimeSpan.FromSeconds(1.5));

        Assert.Equal(HttpStatusCode.OK, (await wrong).StatusCode);
    }

    [Fact]
    public async Task Many_requests_cost_one_slow_hash()
    {
        var passwords = harbor.Services.GetRequiredService<PasswordVerifier>();
        var before = passwords.Runs;
        var client = harbor.ClientAs(ann, People.Password);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => client.GetAsync(Me, Ct)));
        for (var i = 0; i < 20; i++)
        {
            using var again = await client.GetAsync(Me, Ct);
        }

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(1, passwords.Runs - before);
    }

    [Fact]
    public async Task A_changed_password_is_refused_at_once_here_and_within_seconds_on_a_replica()
    {
        await using var replica = await harbor.ReplicaAsync();
        var here = harbor.ClientAs(ann, People.Password);
        var there = replica.ClientAs(ann, People.Password);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync(Me, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync(Me, Ct)).StatusCode);

        using var changed = await harbor.Admin.PutAsJsonAsync($"/api/v2.0/users/{annId}/password", new { new_password = "Changed12345" }, Ct);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        var others = clock.Waiting;
        var late = here.GetAsync(Me, Ct);
        await UntilAsync(() => clock.Waiting > others);
        clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(HttpStatusCode.Unauthorized, (await late).StatusCode);

        var watch = Stopwatch.StartNew();
        while ((await there.GetAsync(Me, Ct)).StatusCode == HttpStatusCode.OK)
        {
            Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3);
        }
    }

    [Fact]
    public async Task A_deleted_user_is_nobody_at_once()
    {
        var client = harbor.ClientAs(ann, People.Password);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Me, Ct)).StatusCode);
        using var deleted = await harbor.Admin.DeleteAsync($"/api/v2.0/users/{annId}", Ct);

        var others = clock.Waiting;
        var refused = client.GetAsync(Me, Ct);
        await UntilAsync(() => clock.Waiting > others);
        clock.Advance(TimeSpan.FromSeconds(1.5));

        Assert.Equal(HttpStatusCode.Unauthorized, (await refused).StatusCode);
    }

    [Theory]
    [InlineData("Basic ")]
    [InlineData("Basic !")]
    [InlineData("Basic AAAA")]
    [InlineData("Basic ADoA")]
    [InlineData("Basic //4/Og==")]
    [InlineData("Bearer")]
    [InlineData("Digest x")]
    public async Task A_malformed_header_is_no_credential_and_no_crash(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v2.0/projects");
        request.Headers.TryAddWithoutValidation("Authorization", header);
        var others = clock.Waiting;
        var sending = harbor.Anonymous.SendAsync(request, Ct);
        while (!sending.IsCompleted)
        {
            if (clock.Waiting > others)
            {
                clock.Advance(TimeSpan.FromSeconds(1.5));
            }

            await Task.Delay(5, Ct);
        }

        Assert.Equal(HttpStatusCode.OK, (await sending).StatusCode);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
            await Task.Delay(5, Ct);
        }
    }

    /// <summary>A server whose clock stands still until a test moves it.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public ManualClock Clock { get; } = new();

        public TestHarbor Harbor { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Harbor = await TestHarbor.StartAsync(new TestHarborOptions { Services = services => services.AddSingleton<TimeProvider>(Clock) });

        public ValueTask DisposeAsync() => Harbor.DisposeAsync();
    }
}
