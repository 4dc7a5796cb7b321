using System.Net;
using Harbor.Modules.Identity;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Unit.Identity;

public sealed class SignInsTests : IDisposable
{
    private const string Good = "Harbor12345";

    private static readonly PasswordHash GoodHash = PasswordHash.Create(Good, PasswordHash.HarborRounds);
    private static readonly PasswordHash OtherHash = PasswordHash.Create("Another12345", PasswordHash.HarborRounds);

    private readonly ManualClock clock = new();
    private readonly PasswordVerifier verifier = new(new PasswordOptions());
    private readonly Dictionary<string, Account[]> accounts = new()
    {
        ["ann"] = [new Account(7, "ann", GoodHash, IsSystemAdmin: false)],
        ["onboarded"] = [new Account(8, "onboarded", Password: null, IsSystemAdmin: false)],
        ["old"] = [new Account(9, "old", new PasswordHash("sha1", "salt", "4b007901b765489abead49d926f721d0"), IsSystemAdmin: false)],
        ["shared"] = [new Account(10, "shared", OtherHash, IsSystemAdmin: false), new Account(7, "ann", GoodHash, IsSystemAdmin: false)],
    };

    private static readonly SignInOrigin Here = SignInOrigin.Of(IPAddress.Parse("192.0.2.1"));
    private static readonly SignInOrigin Elsewhere = SignInOrigin.Of(IPAddress.Parse("192.0.2.2"));

    private readonly SignInGuard guard;
    private readonly SignIns signIns;

    public SignInsTests()
    {
        guard = new SignInGuard(clock);
        signIns = new SignIns((name, _) => ValueTask.FromResult(accounts.GetValueOrDefault(name) ?? []), verifier, guard, clock);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => verifier.Dispose();

    [Fact]
    public async Task The_right_password_signs_in_and_is_known_again_without_the_slow_hash()
    {
        Assert.Equal(7, (await signIns.TryAsync("ann", Good, Here, Ct))?.Id);
        Assert.Equal(7, (await signIns.TryAsync("ann", Good, Here, Ct))?.Id);

        Assert.Equal(1, verifier.Runs);
    }

    [Fact]
    public async Task Many_first_requests_at_once_pay_for_one_check()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => signIns.TryAsync("ann", Good, Here, Ct).AsTask()));

        Assert.All(all, account => Assert.Equal(7, account?.Id));
        Assert.Equal(1, verifier.Runs);
    }

    [Fact]
    public async Task A_password_that_was_changed_is_refused_though_it_was_known()
    {
        await signIns.TryAsync("ann", Good, Here, Ct);
        accounts["ann"] = [new Account(7, "ann", OtherHash, IsSystemAdmin: false)];

        Assert.Null(await FailAsync("ann", Good));
    }

    [Fact]
    public async Task A_user_who_is_gone_is_refused_though_he_was_known()
    {
        await signIns.TryAsync("ann", Good, Here, Ct);
        accounts.Remove("ann");

        Assert.Null(await FailAsync("ann", Good));
    }

    [Fact]
    public async Task The_users_rights_are_those_of_the_moment()
    {
        await signIns.TryAsync("ann", Good, Here, Ct);
        accounts["ann"] = [new Account(7, "ann", GoodHash, IsSystemAdmin: true)];

        Assert.True((await signIns.TryAsync("ann", Good, Here, Ct))?.IsSystemAdmin);
    }

    [Fact]
    public async Task A_failure_is_told_after_a_second_and_a_half_and_locks_the_name_that_long()
    {
        await signIns.TryAsync("ann", Good, Here, Ct);
        var failing = signIns.TryAsync("ann", "Wrong12345", Here, Ct).AsTask();
        await DelayedAsync();

        // Locked: even the right password fails, at once.
        Assert.Null(await signIns.TryAsync("ann", Good, Here, Ct));
        clock.Advance(TimeSpan.FromSeconds(1.4));
        Assert.False(failing.IsCompleted);
        Assert.Null(await signIns.TryAsync("ann", Good, Here, Ct));

        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(await failing);
        Assert.Equal(7, (await signIns.TryAsync("ann", Good, Here, Ct))?.Id);
    }

    [Fact]
    public async Task Who_guesses_locks_nobody_out_who_signs_in_from_elsewhere()
    {
        var failing = signIns.TryAsync("ann", "Wrong12345", Here, Ct).AsTask();
        await DelayedAsync();

        Assert.Null(await signIns.TryAsync("ann", Good, Here, Ct));
        Assert.Equal(7, (await signIns.TryAsync("ann", Good, Elsewhere, Ct))?.Id);
        clock.Advance(SignInGuard.LockDuration);
        Assert.Null(await failing);
    }

    [Fact]
    public async Task A_program_with_a_stale_password_is_slowed_but_locks_nobody_beside_it()
    {
        Assert.Null(await FailAsync("ann", "Stale12345"));
        var runs = verifier.Runs;

        var again = signIns.TryAsync("ann", "Stale12345", Here, Ct).AsTask();
        await DelayedAsync();
        Assert.Equal(7, (await signIns.TryAsync("ann", Good, Here, Ct))?.Id);
        clock.Advance(TimeSpan.FromSeconds(1.4));
        Assert.False(again.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(await again);
        Assert.Equal(runs + 1, verifier.Runs);   // the good one's
    }

    [Fact]
    public async Task A_password_that_was_wrong_before_it_was_set_is_right_at_once()
    {
        Assert.Null(await FailAsync("ann", "Another12345"));
        Assert.Null(await FailAsync("newcomer", "Another12345"));
        accounts["ann"] = [new Account(7, "ann", OtherHash, IsSystemAdmin: false)];
        accounts["newcomer"] = [new Account(11, "newcomer", OtherHash, IsSystemAdmin: false)];

        Assert.Equal(7, (await signIns.TryAsync("ann", "Another12345", Here, Ct))?.Id);
        Assert.Equal(11, (await signIns.TryAsync("newcomer", "Another12345", Here, Ct))?.Id);
    }

    [Fact]
    public async Task An_origin_that_tries_many_names_is_told_to_wait_whoever_has_them_and_others_are_not()
    {
        await signIns.TryAsync("ann", Good, Here, Ct);
        SpendCredit(but: 2);
        Task<Account?>[] sprayed = [signIns.TryAsync("nobody1", "Wrong12345", Here, Ct).AsTask(), signIns.TryAsync("nobody2", "Wrong12345", Here, Ct).AsTask()];
        await UntilAsync(() => clock.Waiting == sprayed.Length);

        foreach (var name in (string[])["nobody", "old", "onboarded"])
        {
            Assert.Equal("TOO_MANY_REQUEST", (await Assert.ThrowsAsync<RegistryException>(async () => await signIns.TryAsync(name, "Wrong12345", Here, Ct))).Code.Text);
        }

        Assert.Equal(9, (await signIns.TryAsync("old", "password", Elsewhere, Ct))?.Id);
        Assert.Equal(7, (await signIns.TryAsync("ann", Good, Here, Ct))?.Id);   // known to be good: not a guess
        clock.Advance(SignInGuard.LockDuration);
        Assert.All(await Task.WhenAll(sprayed), Assert.Null);

        clock.Advance(SignInGuard.CreditReturn);
        Assert.Equal(9, (await signIns.TryAsync("old", "password", Here, Ct))?.Id);
    }

    [Fact]
    public async Task Where_the_credit_is_spent_a_known_credential_cannot_be_guessed_without_a_pause()
    {
        await signIns.TryAsync("ann", Good, Here, Ct);
        SpendCredit(but: 0);

        await Assert.ThrowsAsync<RegistryException>(async () => await signIns.TryAsync("ann", "Wrong12345", Here, Ct));
        Assert.Null(await signIns.TryAsync("ann", Good, Here, Ct));
    }

    [Fact]
    public async Task One_wrong_password_over_many_connections_is_one_guess_and_a_right_one_is_none()
    {
        for (var round = 0; round < 3; round++)
        {
            var all = Enumerable.Range(0, 100).Select(_ => signIns.TryAsync("ann", $"Wrong{round}12345", Here, Ct).AsTask()).ToList();
            await UntilAsync(() => clock.Waiting == all.Count);
            clock.Advance(SignInGuard.LockDuration);
            Assert.All(await Task.WhenAll(all), Assert.Null);
        }

        Assert.Equal(3, verifier.Runs);
        for (var each = 0; each < 2 * SignInGuard.Credit; each++)
        {
            Assert.NotNull(await signIns.TryAsync("ann", Good, Here, Ct));
        }
    }

    [Fact]
    public async Task A_lock_on_one_name_locks_no_other()
    {
        var failing = signIns.TryAsync("old", "Wrong12345", Here, Ct).AsTask();
        await DelayedAsync();

        Assert.Equal(7, (await signIns.TryAsync("ann", Good, Here, Ct))?.Id);
        clock.Advance(SignInGuard.LockDuration);
        Assert.Null(await failing);
    }

    [Theory]
    [InlineData("ann")]
    [InlineData("nobody")]
    [InlineData("onboarded")]
    [InlineData("old")]
    public async Task A_failure_costs_a_check_of_full_length_whoever_has_the_name(string name)
    {
        Assert.Null(await FailAsync(name, "Wrong12345"));

        // "old" has a short check of his own first.
        Assert.Equal(name == "old" ? 2 : 1, verifier.Runs);
    }

    [Fact]
    public async Task A_user_without_a_local_password_cannot_sign_in()
    {
        Assert.Null(await FailAsync("onboarded", ""));
        Assert.Null(await FailAsync("onboarded", Good));
    }

    [Fact]
    public async Task Everybody_who_answers_to_a_name_is_tried() =>
        Assert.Equal(7, (await signIns.TryAsync("shared", Good, Here, Ct))?.Id);

    [Fact]
    public async Task An_older_hash_is_verified() => Assert.Equal(9, (await signIns.TryAsync("old", "password", Here, Ct))?.Id);

    [Fact]
    public async Task A_flood_is_refused_when_too_many_wait_and_leaves_nothing_behind()
    {
        // Slow checks hold every slot while the quick ones line up behind them.
        var flood = Enumerable.Range(0, 2 * PasswordVerifier.MaxWaiting).Select(i =>
            verifier.VerifyAsync(CredentialKey.Of("x", $"{i}"), $"{i}", i < Environment.ProcessorCount ? GoodHash : accounts["old"][0].Password!, Ct)).ToList();

        var outcomes = await Task.WhenAll(flood.Select(async check =>
        {
            try
            {
                return await check ? "good" : "bad";
            }
            catch (RegistryException e)
            {
                return e.Code.Text;
            }
        }));

        Assert.Contains("TOO_MANY_REQUEST", outcomes);
        Assert.InRange(outcomes.Count(outcome => outcome == "bad"), PasswordVerifier.MaxWaiting, (2 * PasswordVerifier.MaxWaiting) - 1);
        Assert.True(await verifier.VerifyAsync(CredentialKey.Of("old", "password"), "password", accounts["old"][0].Password!, Ct));
    }

    [Fact]
    public async Task One_who_leaves_does_not_end_the_check_for_the_others()
    {
        using var leaving = new CancellationTokenSource();
        var credential = CredentialKey.Of("ann", Good);
        var leaver = verifier.VerifyAsync(credential, Good, GoodHash, leaving.Token);
        var stayer = verifier.VerifyAsync(credential, Good, GoodHash, Ct);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        Assert.True(await stayer);
        Assert.Equal(1, verifier.Runs);
    }

    [Fact]
    public void Keys_of_different_credentials_differ_and_do_not_print()
    {
        Assert.Equal(CredentialKey.Of("a", "bc"), CredentialKey.Of("a", "bc"));
        Assert.NotEqual(CredentialKey.Of("a", "bc"), CredentialKey.Of("ab", "c"));
        Assert.NotEqual(CredentialKey.Of("a", "b"), CredentialKey.Of("a", "B"));
        Assert.Equal("***", $"{CredentialKey.Of("a", "b")}");
    }

    private async Task<Account?> FailAsync(string name, string password)
    {
        var failing = signIns.TryAsync(name, password, Here, Ct).AsTask();
        await DelayedAsync();
        clock.Advance(SignInGuard.LockDuration);
        return await failing;
    }

    private void SpendCredit(int but)
    {
        for (var each = but; each < SignInGuard.Credit; each++)
        {
            Assert.True(guard.TryTakeCredit(Here));
        }
    }

    private Task DelayedAsync() => UntilAsync(() => clock.Waiting > 0);

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(5, Ct);
        }
    }
}
