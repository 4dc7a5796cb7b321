using Harbor.Modules.Artifacts.Pulls;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Unit.Audit;

public sealed class PullLogTests
{
    private static readonly Pull Web = new(1, 2, "library/web", 3, Digest.Of("web"u8), "v1", "admin");

    private readonly PullLog log = new(new ManualClock());

    [Fact]
    public void The_first_pulls_are_kept_one_by_one()
    {
        log.Add(Web);
        log.Add(Web);

        Assert.Equal([1, 1], log.Take().Pulls.Select(each => each.Times));
        Assert.True(log.Take().IsEmpty);
    }

    [Fact]
    public void Those_beyond_are_counted_with_their_like()
    {
        Add(PullLog.MaxSeparate, Web);
        Add(500, Web);
        Add(7, Web with { Tag = "v2" });
        Add(1, Web with { By = "other" });

        Assert.Equal([500, 7, 1], log.Take().Pulls.Skip(PullLog.MaxSeparate).Select(each => each.Times));
    }

    [Fact]
    public void Its_size_is_bounded_and_what_finds_no_room_is_counted_still()
    {
        Add(PullLog.MaxSeparate, Web);
        for (var number = 0; number < PullLog.MaxDistinct + 5; number++)
        {
            log.Add(Web with { Tag = $"t{number}" });
        }

        log.Add(Web with { Tag = "t0" });

        var batch = log.Take();
        Assert.Equal((PullLog.MaxSeparate + PullLog.MaxDistinct, 5L), (batch.Pulls.Count, batch.Lost));
        Assert.Equal(2, batch.Pulls[PullLog.MaxSeparate].Times);
    }

    private void Add(int times, Pull pull)
    {
        for (var number = 0; number < times; number++)
        {
            log.Add(pull);
        }
    }
}
