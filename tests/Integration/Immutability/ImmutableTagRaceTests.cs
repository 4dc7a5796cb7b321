using Harbor.Integration.Content;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Artifacts.Copying;
using Xunit;

namespace Harbor.Integration.Immutability;

/// <summary>Two want a tag that a rule makes immutable, or the rule comes while somebody decides without it.</summary>
public sealed class ImmutableTagRaceTests : IAsyncLifetime
{
    private const string MakeRule = """
        INSERT INTO immutable_tag_rule (project_id, definition, fingerprint, creation_time, update_time)
        SELECT id, '{"tag_selectors":[{"kind":"doublestar","decoration":"matches","pattern":"v*"}],"scope_selectors":{"repository":[{"kind":"doublestar","decoration":"repoMatches","pattern":"**"}]}}', '\x01', now(), now()
        FROM project WHERE name = 'library'
        """;

    private const string Refused = "PRECONDITION";

    private static readonly TestImage Old = TestImage.Of("old", TestImage.Bytes(1));
    private static readonly TestImage New = TestImage.Of("new", TestImage.Bytes(2));

    private ContentHost host = null!;
    private RepositoryScope web = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync();
        web = await host.RepositoryAsync();
        await host.PushImageAsync(web, Old);
        await host.PushImageAsync(web, New);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Of_two_first_pushes_the_later_is_refused_and_the_tag_stays_with_the_earlier()
    {
        await host.Testing.QueryAsync(MakeRule);

        Assert.Equal((Outcome.Done, Refused), await TwoAtOnceAsync());
        Assert.Equal(Old.Manifest.Digest, (await host.Manifests.FindAsync(web, "v1", CancellationToken.None))?.Digest);
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_first_push_that_gives_up_leaves_the_tag_to_the_next()
    {
        await host.Testing.QueryAsync(MakeRule);
        var third = TestImage.Of("third");
        await host.UploadAsync(web, third.Config);
        await host.Testing.QueryAsync("UPDATE quota SET hard = used");   // there is room for the config, and none for the manifest
        var tagged = host.Points.HoldAt("manifest.tagged");
        var first = Outcome.OfAsync(host.PushAsync(web, third.Manifest, "v1"));
        await tagged.ReachedAsync();
        var second = Outcome.OfAsync(host.PushAsync(web, New.Manifest, "v1"));
        Assert.True(await host.WaitsAsync(second));
        tagged.Release();

        Assert.Equal(("DENIED", Outcome.Done), (await first, await second));
        Assert.Equal(New.Manifest.Digest, (await host.Manifests.FindAsync(web, "v1", CancellationToken.None))?.Digest);
    }

    [Fact]
    public async Task Taking_the_row_that_is_there_for_ones_own_would_let_both_succeed()
    {
        await host.Testing.QueryAsync(MakeRule);
        host.Rewrite(
            "VALUES ($1, $2, $3, harbor_now())\nON CONFLICT (repository_id, name) DO NOTHING",
            "VALUES ($1, $2, $3, harbor_now())\nON CONFLICT (repository_id, name) DO UPDATE SET artifact_id = excluded.artifact_id");

        Assert.Equal((Outcome.Done, Outcome.Done), await TwoAtOnceAsync());
    }

    [Fact]
    public async Task Of_a_first_push_and_a_copy_that_would_move_its_tag_the_copy_is_refused()
    {
        await host.Testing.QueryAsync(MakeRule);
        var other = await host.RepositoryAsync("library/other");
        await host.PushImageAsync(other, New, "v1");
        var tagged = host.Points.HoldAt("manifest.tagged");
        var push = Outcome.OfAsync(host.PushAsync(web, Old.Manifest, "v1"));
        await tagged.ReachedAsync();
        var copy = Outcome.OfAsync(host.Get<ArtifactCopy>().CopyAsync(other, "v1", web, CancellationToken.None));
        Assert.True(await host.WaitsAsync(copy));
        tagged.Release();

        Assert.Equal((Outcome.Done, Refused), (await push, await copy));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rule_waits_for_a_push_or_a_deletion_that_has_looked_at_the_rules_before(bool deletes)
    {
        await host.PushAsync(web, Old.Manifest, "v1");
        var looked = host.Points.HoldAt(deletes ? "delete.hidden" : "manifest.tagged");
        var changing = Outcome.OfAsync(deletes ? host.DeleteAsync(web, Old.Manifest) : host.PushAsync(web, New.Manifest, "v1"));
        await looked.ReachedAsync();
        var ruling = Outcome.OfAsync(RuleAsync("FOR UPDATE"));
        Assert.True(await host.WaitsAsync(ruling));
        looked.Release();

        Assert.Equal((Outcome.Done, Outcome.Done), (await changing, await ruling));
    }

    [Fact]
    public async Task Without_its_lock_a_rule_would_hold_while_a_tag_still_moves()
    {
        await host.PushAsync(web, Old.Manifest, "v1");
        var looked = host.Points.HoldAt("manifest.tagged");
        var changing = Outcome.OfAsync(host.PushAsync(web, New.Manifest, "v1"));
        await looked.ReachedAsync();

        await RuleAsync("");
        looked.Release();

        Assert.Equal(Outcome.Done, await changing);
    }

    [Fact]
    public async Task A_push_waits_for_the_rule_that_is_being_made_and_then_obeys_it()
    {
        await host.PushAsync(web, Old.Manifest, "v1");
        var made = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var ruling = Outcome.OfAsync(RuleAsync("FOR UPDATE", made, release.Task));
        await made.Task;
        var pushing = Outcome.OfAsync(host.PushAsync(web, New.Manifest, "v1"));
        Assert.True(await host.WaitsAsync(pushing));
        release.SetResult();

        Assert.Equal((Outcome.Done, Refused), (await ruling, await pushing));
    }

    // What a change of the rules does, in its order.
    private Task RuleAsync(string strength, TaskCompletionSource? made = null, Task? until = null) => host.Database.TransactAsync(async tx =>
    {
        await tx.ExecuteAsync($"SELECT deleted FROM project WHERE name = 'library' {strength}");
        await tx.ExecuteAsync(MakeRule);
        made?.SetResult();
        await (until ?? Task.CompletedTask);
    }, CancellationToken.None);

    private async Task<(string First, string Second)> TwoAtOnceAsync()
    {
        var tagged = host.Points.HoldAt("manifest.tagged");
        var first = Outcome.OfAsync(host.PushAsync(web, Old.Manifest, "v1"));
        await tagged.ReachedAsync();
        var second = Outcome.OfAsync(host.PushAsync(web, New.Manifest, "v1"));
        Assert.True(await host.WaitsAsync(second));
        tagged.Release();
        return (await first, await second);
    }
}
