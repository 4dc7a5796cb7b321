using Harbor.Modules.Access;
using Harbor.Modules.Identity;
using Harbor.Modules.Robots;
using Harbor.Support;
using Xunit;

namespace Harbor.Unit.Robots;

public sealed class RobotLoginsTests
{
    private const string Good = "Secret12345";

    private readonly ManualClock clock = new();
    private readonly Dictionary<string, RobotFact> robots = [];
    private readonly SignInGuard guard;
    private readonly RobotLogins logins;

    public RobotLoginsTests()
    {
        guard = new SignInGuard(clock);
        logins = new RobotLogins((name, _) => ValueTask.FromResult(robots.GetValueOrDefault(name)), guard, clock);
        robots["ci"] = Fact(PasswordHash.CreateForMachine(Good));
    }

    [Fact]
    public async Task The_right_secret_signs_in_and_is_known_again_without_the_hash()
    {
        Assert.Equal(1, (await TryAsync("ci", Good))?.Id);
        Assert.Equal(1, (await TryAsync("ci", Good))?.Id);

        Assert.Equal(1, logins.Checks);
    }

    [Theory]
    [InlineData("ci", "Wrong12345")]
    [InlineData("ci", "")]
    [InlineData("nobody", Good)]
    public async Task A_wrong_secret_and_an_unknown_name_are_refused_at_the_same_price(string name, string secret)
    {
        Assert.Null(await TryAsync(name, secret));

        Assert.Equal(1, logins.Checks);
    }

    [Fact]
    public async Task A_secret_that_was_changed_is_refused_though_it_was_known()
    {
        await TryAsync("ci", Good);
        robots["ci"] = Fact(PasswordHash.CreateForMachine("Another12345"));

        Assert.Null(await TryAsync("ci", Good));
        Assert.NotNull(await TryAsync("ci", "Another12345"));
    }

    [Fact]
    public async Task The_secret_of_one_robot_is_worth_nothing_to_another()
    {
        robots["other"] = Fact(PasswordHash.CreateForMachine("Another12345"));
        await TryAsync("ci", Good);

        Assert.Null(await TryAsync("other", Good));
    }

    [Fact]
    public async Task A_robot_that_was_disabled_is_out_though_its_secret_was_known()
    {
        await TryAsync("ci", Good);
        robots["ci"] = robots["ci"] with { Disabled = true };

        Assert.Null(await TryAsync("ci", Good));
    }

    [Fact]
    public async Task A_robot_whose_time_is_over_is_out_from_that_moment()
    {
        robots["ci"] = robots["ci"] with { Left = TimeSpan.FromHours(1) };
        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.NotNull(await TryAsync("ci", Good));

        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await TryAsync("ci", Good));
    }

    [Fact]
    public async Task A_robot_that_had_expired_when_it_was_read_is_out()
    {
        robots["ci"] = robots["ci"] with { Left = TimeSpan.FromDays(-3) };

        Assert.Null(await TryAsync("ci", Good));
    }

    [Fact]
    public async Task A_robot_without_a_secret_signs_in_with_none()
    {
        robots["ci"] = Fact(secret: null);

        Assert.Null(await TryAsync("ci", Good));
        Assert.Null(await TryAsync("ci", ""));
    }

    [Fact]
    public async Task Where_too_many_sign_ins_failed_only_a_secret_that_is_known_is_good()
    {
        robots["other"] = Fact(PasswordHash.CreateForMachine("Another12345"));
        await TryAsync("ci", Good);
        while (guard.TryTakeCredit(default))
        {
        }

        Assert.NotNull(await TryAsync("ci", Good));
        Assert.Null(await TryAsync("other", "Another12345"));
        clock.Advance(SignInGuard.CreditReturn);
        Assert.NotNull(await TryAsync("other", "Another12345"));
    }

    [Fact]
    public void A_machines_secret_is_hashed_as_Harbor_hashes_it()
    {
        var hash = PasswordHash.CreateForMachine(Good);

        Assert.Equal(("sha256", 32, 32), (hash.Version, hash.Salt.Length, hash.Hex.Length));
        Assert.True(PasswordHash.OfMachine(hash.Salt, hash.Hex).Verify(Good));
        Assert.NotEqual(hash, PasswordHash.CreateForMachine(Good));
    }

    private RobotFact Fact(PasswordHash? secret) => new(1, secret, Disabled: false, clock.GetTimestamp(), Left: null, new RobotPolicy(null, []));

    private Task<RobotFact?> TryAsync(string name, string secret) => logins.TryAsync(name, secret, default, TestContext.Current.CancellationToken).AsTask();
}
