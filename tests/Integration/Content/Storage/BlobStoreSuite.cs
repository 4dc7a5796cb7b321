using System.Buffers;
using Harbor.Oci;
using Harbor.Storage;
using Xunit;

namespace Harbor.Integration.Content.Storage;

/// <summary>What every <see cref="IBlobStore"/> promises. A driver's tests derive from this and say how to make one.</summary>
public abstract class BlobStoreSuite
{
    private static readonly byte[] Content = TestImage.Bytes(1, 100_000);
    private static readonly Digest Digest = Digest.Of(Content);

    /// <summary>An empty store of its own.</summary>
    protected abstract IBlobStore Store { get; }

    /// <summary>Another process's view of the same bytes.</summary>
    protected abstract IBlobStore Reopened();

    /// <summary>How many objects the store holds, whatever they are.</summary>
    protected abstract int CountObjects();

    [Fact]
    public async Task What_is_published_is_read_as_it_was_written()
    {
        var blob = await PublishAsync(Content);

        using var source = Store.Open(blob)!;
        Assert.Equal(Content.Length, source.Length);
        Assert.Equal(Content, await ContentHost.ReadAsync(source, 0));
        Assert.Equal(Content.Length, Store.SizeOf(blob));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000_000)]
    public async Task Contents_of_any_length_are_kept(int length)
    {
        var content = TestImage.Bytes(2, length);

        var blob = await PublishAsync(content);

        using var source = Store.Open(blob)!;
        Assert.Equal(length, source.Length);
        Assert.Equal(content, await ContentHost.ReadAsync(source, 0));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(99_990, 10)]
    [InlineData(99_999, 10)]
    [InlineData(100_000, 10)]
    [InlineData(50_000, 0)]
    public async Task Any_part_can_be_read_and_nothing_lies_after_the_end(int offset, int length)
    {
        using var source = Store.Open(await PublishAsync(Content))!;
        var part = new byte[length];

        var read = 0;
        for (int count; read < length && (count = await source.ReadAsync(part.AsMemory(read), offset + read, CancellationToken.None)) > 0;)
        {
            read += count;
        }

        Assert.Equal(Content.AsSpan(offset, Math.Min(length, Content.Length - offset)).ToArray(), part[..read]);
    }

    [Fact]
    public async Task Bytes_given_in_pieces_of_several_segments_are_put_together_in_order()
    {
        var stage = Store.StageOf(Guid.NewGuid(), Guid.NewGuid());
        await using (var upload = (await Store.ResumeAsync(stage, 0, CancellationToken.None))!)
        {
            for (var start = 0; start < Content.Length; start += 10_000)
            {
                await upload.AppendAsync(Segments(Content.AsMemory(start, 3_000), Content.AsMemory(start + 3_000, 1), Content.AsMemory(start + 3_001, 6_999)), CancellationToken.None);
                Assert.Equal(start + 10_000, upload.Length);
            }

            await upload.SyncAsync();
        }

        Assert.Equal(Content, await PublishedAsync(stage));
    }

    [Fact]
    public async Task An_upload_is_gone_on_with_by_another_process()
    {
        var stage = await StageAsync(Content.AsMemory(0, 60_000));

        await AppendAsync(Reopened(), stage, 60_000, Content.AsMemory(60_000));

        Assert.Equal(Content, await PublishedAsync(stage));
    }

    [Fact]
    public async Task What_lies_beyond_the_accepted_bytes_is_cut_off_when_an_upload_is_gone_on_with()
    {
        var stage = await StageAsync(TestImage.Bytes(3, 90_000));
        await AppendAsync(Store, stage, 0, Content.AsMemory(0, 60_000));
        await AppendAsync(Store, stage, 60_000, TestImage.Bytes(4, 30_000));

        await AppendAsync(Store, stage, 60_000, Content.AsMemory(60_000));

        Assert.Equal(Content, await PublishedAsync(stage));
    }

    [Fact]
    public async Task An_upload_whose_bytes_are_absent_or_too_few_cannot_be_gone_on_with()
    {
        Assert.Null(await Store.ResumeAsync(Store.StageOf(Guid.NewGuid(), Guid.NewGuid()), 1, CancellationToken.None));

        var stage = await StageAsync(Content.AsMemory(0, 1000));
        Assert.Null(await Store.ResumeAsync(stage, 1001, CancellationToken.None));
    }

    [Fact]
    public async Task A_stage_is_readable_for_who_has_to_hash_or_copy_it()
    {
        var stage = await StageAsync(Content);

        using var source = Store.Open(stage)!;
        Assert.Equal(Content, await ContentHost.ReadAsync(source, 0));
    }

    [Fact]
    public async Task Nothing_is_published_from_a_stage_that_is_absent()
    {
        var blob = Store.BlobOf(Digest, Guid.NewGuid());

        Assert.False(await Store.PublishAsync(Store.StageOf(Guid.NewGuid(), Guid.NewGuid()), blob, synced: true));

        Assert.Null(Store.Open(blob));
        Assert.Null(Store.SizeOf(blob));
    }

    [Fact]
    public async Task A_stage_is_published_once()
    {
        var stage = await StageAsync(Content);
        Assert.True(await Store.PublishAsync(stage, Store.BlobOf(Digest, Guid.NewGuid()), synced: true));

        Assert.False(await Store.PublishAsync(stage, Store.BlobOf(Digest, Guid.NewGuid()), synced: true));
    }

    [Fact]
    public async Task Bytes_that_nobody_synced_are_synced_when_they_are_published()
    {
        var stage = Store.StageOf(Guid.NewGuid(), Guid.NewGuid());
        await using (var upload = (await Store.ResumeAsync(stage, 0, CancellationToken.None))!)
        {
            await upload.AppendAsync(new ReadOnlySequence<byte>(Content), CancellationToken.None);
        }

        var blob = Store.BlobOf(Digest, Guid.NewGuid());
        Assert.True(await Store.PublishAsync(stage, blob, synced: false));

        using var source = Reopened().Open(blob)!;
        Assert.Equal(Content, await ContentHost.ReadAsync(source, 0));
    }

    [Fact]
    public async Task One_digest_published_by_two_claims_lies_in_two_places()
    {
        var (one, other) = (await PublishAsync(Content), await PublishAsync(Content));

        await Store.EraseAsync(one, CancellationToken.None);

        Assert.NotEqual(one, other);
        Assert.Null(Store.Open(one));
        Assert.Equal(Content.Length, Store.SizeOf(other));
    }

    [Fact]
    public async Task Locations_differ_by_upload_by_claim_and_by_digest_and_are_the_same_in_every_process()
    {
        var (upload, claim, other) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        Location[] places =
        [
            Store.StageOf(upload, claim), Store.StageOf(upload, other), Store.StageOf(other, claim),
            Store.BlobOf(Digest, claim), Store.BlobOf(Digest, other), Store.BlobOf(Digest.Of([]), claim),
            Store.BlobOf(Digest.Of(Content, DigestAlgorithm.Sha512), claim), Store.CanonicalOf(Digest),
        ];

        Assert.Equal(places.Length, places.Distinct().Count());
        Assert.Equal(places[3], Reopened().BlobOf(Digest, claim));
        Assert.Equal(places[0], Reopened().StageOf(upload, claim));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task What_is_erased_is_gone_and_erasing_it_again_or_what_never_was_is_no_error()
    {
        var before = CountObjects();
        var blob = await PublishAsync(Content);
        var stage = await StageAsync(Content);

        foreach (var location in new[] { blob, stage, blob, Store.BlobOf(Digest, Guid.NewGuid()), Store.CanonicalOf(Digest) })
        {
            await Store.EraseAsync(location, CancellationToken.None);
        }

        Assert.Null(Store.Open(blob));
        Assert.Null(Store.SizeOf(stage));
        Assert.Equal(before, CountObjects());
    }

    [Fact]
    public async Task A_reader_finishes_though_its_bytes_are_erased_or_breaks_short_with_the_right_ones()
    {
        var blob = await PublishAsync(Content);
        using var source = Store.Open(blob)!;
        var begun = new byte[1000];
        await source.ReadAsync(begun, 0, CancellationToken.None);

        await Store.EraseAsync(blob, CancellationToken.None);

        var rest = await ContentHost.ReadAsync(source, 1000);
        Assert.Equal(Content.AsSpan(0, 1000 + rest.Length).ToArray(), begun.Concat(rest).ToArray());
    }

    [Fact]
    public async Task Publishing_leaves_nothing_but_the_blob()
    {
        var before = CountObjects();

        await PublishAsync(Content);

        Assert.Equal(before + 1, CountObjects());
    }

    [Fact]
    public async Task Many_are_published_at_once()
    {
        var blobs = await Task.WhenAll(Enumerable.Range(0, 20).Select(seed => PublishAsync(TestImage.Bytes(seed, 50_000))));

        for (var seed = 0; seed < blobs.Length; seed++)
        {
            using var source = Store.Open(blobs[seed])!;
            Assert.Equal(TestImage.Bytes(seed, 50_000), await ContentHost.ReadAsync(source, 0));
        }
    }

    [Fact]
    public async Task A_second_location_outlives_the_first_and_the_first_outlives_it()
    {
        var first = await PublishAsync(Content);
        Location[] others = [Store.BlobOf(Digest, Guid.NewGuid()), Store.BlobOf(Digest, Guid.NewGuid())];
        foreach (var other in others)
        {
            Assert.True(await Store.DuplicateAsync(first, other, CancellationToken.None));
        }

        await Store.EraseAsync(others[0], CancellationToken.None);
        Assert.Equal(Content.Length, Store.SizeOf(first));
        await Store.EraseAsync(first, CancellationToken.None);

        using var source = Reopened().Open(others[1])!;
        Assert.Equal(Content, await ContentHost.ReadAsync(source, 0));
        Assert.Equal(1, CountObjects());
    }

    [Fact]
    public async Task What_is_absent_gets_no_second_location()
    {
        var place = Store.BlobOf(Digest, Guid.NewGuid());

        Assert.False(await Store.DuplicateAsync(Store.BlobOf(Digest, Guid.NewGuid()), place, CancellationToken.None));

        Assert.Null(Store.SizeOf(place));
        Assert.Equal(0, CountObjects());
    }

    [Fact]
    public async Task Everything_is_listed_once_with_its_length_and_the_digest_whose_place_it_is()
    {
        var begun = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        var blobs = new[] { await PublishAsync(Content), await PublishAsync(Content), await PublishAsync([]) };
        var stage = await StageAsync(Content.AsMemory(0, 10));

        var listed = await ListAsync(Store.ListAsync(CancellationToken.None));

        Assert.Equal(
            [(blobs[0], Digest, 100_000L), (blobs[1], Digest, 100_000L), (blobs[2], Digest.Of([]), 0L), (stage, (Digest?)null, 10L)],
            listed.Select(found => (found.Location, found.Digest, found.SizeBytes)).OrderBy(found => Array.IndexOf(blobs, found.Location) & 0xff));
        Assert.All(listed, found => Assert.InRange(found.WrittenAt, begun, TimeProvider.System.GetUtcNow().AddMinutes(1)));
        Assert.Equal(blobs[..2].ToHashSet(), (await ListAsync(Store.ListAsync(Digest, CancellationToken.None))).Select(found => found.Location).ToHashSet());
        Assert.Empty(await ListAsync(Store.ListAsync(Digest.Of([1]), CancellationToken.None)));
    }

    [Fact]
    public async Task Nothing_lies_where_lost_bytes_are_said_to_be()
    {
        await PublishAsync(Content);
        var lost = Location.LostOf(Digest);

        Assert.True(lost.IsLost);
        Assert.Null(Store.Open(lost));
        Assert.Null(Store.SizeOf(lost));
        await Store.EraseAsync(lost, CancellationToken.None);
        Assert.All(await ListAsync(Store.ListAsync(CancellationToken.None)), found => Assert.False(found.Location.IsLost));
    }

    protected static async Task<List<StoredBytes>> ListAsync(IAsyncEnumerable<StoredBytes> listing)
    {
        var found = new List<StoredBytes>();
        await foreach (var one in listing)
        {
            found.Add(one);
        }

        return found;
    }

    protected async Task<Location> PublishAsync(byte[] content)
    {
        var blob = Store.BlobOf(Digest.Of(content), Guid.NewGuid());
        Assert.True(await Store.PublishAsync(await StageAsync(content), blob, synced: true));
        return blob;
    }

    protected async Task<Location> StageAsync(ReadOnlyMemory<byte> content)
    {
        var stage = Store.StageOf(Guid.NewGuid(), Guid.NewGuid());
        await AppendAsync(Store, stage, 0, content);
        return stage;
    }

    private async Task<byte[]> PublishedAsync(Location stage)
    {
        var blob = Store.BlobOf(Digest, Guid.NewGuid());
        Assert.True(await Store.PublishAsync(stage, blob, synced: true));
        using var source = Store.Open(blob)!;
        return await ContentHost.ReadAsync(source, 0);
    }

    private static async Task AppendAsync(IBlobStore store, Location stage, long after, ReadOnlyMemory<byte> content)
    {
        await using var upload = (await store.ResumeAsync(stage, after, CancellationToken.None))!;
        Assert.Equal(after, upload.Length);
        await upload.AppendAsync(new ReadOnlySequence<byte>(content), CancellationToken.None);
        await upload.SyncAsync();
    }

    private static ReadOnlySequence<byte> Segments(params ReadOnlyMemory<byte>[] parts)
    {
        var first = new Segment(parts[0], 0);
        var last = parts.Skip(1).Aggregate(first, (before, part) => before.Append(part));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long before) => (Memory, RunningIndex) = (memory, before);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
