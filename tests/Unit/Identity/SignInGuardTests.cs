using System.Net;
using Harbor.Modules.Identity;
using Harbor.Support;
using Xunit;

namespace Harbor.Unit.Identity;

public sealed class SignInGuardTests
{
    private readonly ManualClock clock = new();
    private readonly SignInGuard guard;

    public SignInGuardTests() => guard = new SignInGuard(clock);

    [Fact]
    public void A_lock_is_one_names_at_one_origin_for_a_second_and_a_half()
    {
        guard.Lock("ann", Origin("192.0.2.1"));

        Assert.True(guard.IsLocked("ann", Origin("192.0.2.1")));
        Assert.False(guard.IsLocked("ann", Origin("192.0.2.2")));
        Assert.False(guard.IsLocked("bob", Origin("192.0.2.1")));
        clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.False(guard.IsLocked("ann", Origin("192.0.2.1")));
    }

    [Fact]
    public void Credit_runs_out_at_one_origin_and_comes_back_bit_by_bit()
    {
        var origin = Origin("192.0.2.1");
        Assert.Equal(SignInGuard.Credit, Enumerable.Range(0, 100).Count(_ => guard.TryTakeCredit(origin)));
        Assert.True(guard.TryTakeCredit(Origin("192.0.2.2")));

        clock.Advance(SignInGuard.CreditReturn);
        Assert.Equal(1, Enumerable.Range(0, 100).Count(_ => guard.TryTakeCredit(origin)));
        clock.Advance(SignInGuard.CreditReturn * 3);
        Assert.Equal(3, Enumerable.Range(0, 100).Count(_ => guard.TryTakeCredit(origin)));
        clock.Advance(SignInGuard.CreditReturn * 1000);
        Assert.Equal(SignInGuard.Credit, Enumerable.Range(0, 100).Count(_ => guard.TryTakeCredit(origin)));
    }

    [Fact]
    public void Credit_that_is_given_back_can_be_taken_again()
    {
        var origin = Origin("192.0.2.1");
        for (var each = 0; each < 1000; each++)
        {
            Assert.True(guard.TryTakeCredit(origin));
            guard.ReturnCredit(origin);
        }

        Assert.Equal(SignInGuard.Credit, Enumerable.Range(0, 100).Count(_ => guard.TryTakeCredit(origin)));
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::1", "127.0.0.1", false)]
    public void An_origin_is_an_address_or_an_IPv6_network(string one, string other, bool same) =>
        Assert.Equal(same, Origin(one) == Origin(other));

    [Fact]
    public void A_request_by_a_local_socket_has_an_origin_too() => Assert.Equal(SignInOrigin.Of(address: null), SignInOrigin.Of(address: null));

    [Fact]
    public void However_many_fail_what_is_remembered_is_bounded_and_forgotten()
    {
        for (var each = 0; each < 200_000; each++)
        {
            var origin = Origin(new IPAddress(BitConverter.GetBytes(each)).ToString());
            Assert.True(guard.TryTakeCredit(origin));
            guard.Lock("ann", origin);
            if (each % 1000 == 0)
            {
                clock.Advance(SignInGuard.LockDuration);
            }
        }

        Assert.InRange(guard.Remembered, 1, 60_000);
        clock.Advance(TimeSpan.FromMinutes(10));
        guard.TryTakeCredit(Origin("192.0.2.1"));
        guard.Lock("ann", Origin("192.0.2.1"));
        Assert.Equal(2, guard.Remembered);
    }

    private static SignInOrigin Origin(string address) => SignInOrigin.Of(IPAddress.Parse(address));
}
