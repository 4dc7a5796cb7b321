using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.BadInput;

/// <summary>Uploads that go wrong: each is refused with its code, and nothing stays behind.</summary>
public sealed class BadUploadTests(SharedHarbor shared)
{
    [Theory]
    [InlineData(999)]
    [InlineData(1001)]
    [InlineData(0)]
    public async Task A_body_shorter_or_longer_than_the_digests_is_refused(int length)
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(1001);
        var digest = Digest.Of(bytes.AsSpan(0, 1000));

        (await repository.PostAsync($"blobs/uploads/?digest={digest}", bytes[..length])).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");
        var upload = await repository.StartUploadAsync();
        (await repository.FinishAsync(upload, digest, bytes[..length])).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");
        upload = await repository.StartUploadAsync();
        (await repository.PatchAsync(upload, bytes[..length])).Is(HttpStatusCode.Accepted);
        (await repository.FinishAsync(upload, digest)).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");

        await repository.NobodyHasAsync(digest);
        await repository.ShowsNothingAsync();
    }

    [Fact]
    public async Task A_single_flipped_bit_is_noticed_wherever_it_is()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(300_000);
        var digest = Digest.Of(bytes);
        foreach (var at in new[] { 0, 150_000, 299_999 })
        {
            var flipped = bytes.ToArray();
            flipped[at] ^= 1;
            var upload = await repository.StartUploadAsync();
            await repository.PatchAsync(upload, flipped[..200_000], "0-199999");
            (await repository.FinishAsync(upload, digest, flipped[200_000..], "200000-299999")).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");
        }

        await repository.NobodyHasAsync(digest);
        await repository.ShowsNothingAsync();
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("PUT")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task An_upload_id_that_is_none_is_unknown(string method)
    {
        var repository = await shared.RepositoryAsync();
        foreach (var id in new[] { "0", "x", "..", "%00", "%2e%2e%2f", "a=b", $"{Guid.NewGuid():N}", $"{{{Guid.NewGuid()}}}", $"{Guid.NewGuid()}x", new string('9', 2000), "%F0%9F%92%A9" })
        {
            var answer = await repository.SendAsync(
                new HttpMethod(method), $"blobs/uploads/{id}?digest={Digest.Of("x"u8)}", method is "PATCH" or "PUT" ? Content.Random() : null);

            // A NUL ends at the HTTP server, and dots make another path of it.
            Assert.True(answer.Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized, $"{id}: {answer.Status} {answer.Text}");
        }

        await repository.ShowsNothingAsync();
    }

    [Fact]
    public async Task Two_clients_on_one_upload_never_mix_their_bytes()
    {
        var repository = await shared.RepositoryAsync();
        var (one, other) = (Content.Random(2_000_000), Content.Random(2_000_000));
        var upload = await repository.StartUploadAsync();

        var answers = await Task.WhenAll(repository.PatchAsync(upload, one, "0-1999999"), repository.PatchAsync(upload, other, "0-1999999"));

        var accepted = Assert.Single(answers, answer => answer.Status == HttpStatusCode.Accepted);
        var refused = Assert.Single(answers, answer => answer.Status != HttpStatusCode.Accepted);
        refused.Refuses(HttpStatusCode.RequestedRangeNotSatisfiable, "RANGE_INVALID");
        Assert.NotNull(refused.Header("Location"));
        Assert.Equal("0-1999999", accepted.Header("Range"));
        var finished = (await repository.FinishAsync(upload, Digest.Of(accepted == answers[0] ? one : other))).Is(HttpStatusCode.Created);
        Assert.Equal(accepted == answers[0] ? one : other, (await repository.GetAsync(finished.Header("Location")!)).Body);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task Two_clients_that_end_one_upload_get_one_blob()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(500_000);
        var upload = await repository.StartUploadAsync();
        await repository.PatchAsync(upload, bytes);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => repository.FinishAsync(upload, Digest.Of(bytes))));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(
            answers.Where(answer => answer.Status != HttpStatusCode.Created),
            answer => Assert.True(answer.Status is HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable, answer.Text));
        Assert.Equal(bytes, (await repository.GetAsync($"blobs/{Digest.Of(bytes)}")).Body);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task One_blob_pushed_by_many_at_once_is_there_for_all()
    {
        var repository = await shared.RepositoryAsync();
        var bytes = Content.Random(500_000);
        var digest = Digest.Of(bytes);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => repository.Beside($"copy-{number % 3}").PostAsync($"blobs/uploads/?digest={digest}", bytes)));

        Assert.All(answers, answer => answer.Is(HttpStatusCode.Created));
        Assert.Equal(bytes, (await repository.Beside("copy-0").GetAsync($"blobs/{digest}")).Body);
        Assert.Equal(1L, await shared.Harbor.Database.QueryAsync($"SELECT count(*) FROM blob WHERE digest = '\\x{Convert.ToHexString(digest.ToBytes())}'"));
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task One_tag_pushed_by_many_at_once_names_one_of_them()
    {
        var repository = await shared.RepositoryAsync();
        var images = new List<Content>();
        for (var number = 0; number < 6; number++)
        {
            images.Add(await repository.ImageAsync());
        }

        var answers = await Task.WhenAll(images.Select(image => repository.PutManifestAsync("latest", image)));

        Assert.All(answers, answer => answer.Is(HttpStatusCode.Created));
        var named = (await repository.HeadAsync("manifests/latest")).Header("Docker-Content-Digest");
        Assert.Contains(images, image => image.Digest.Value == named);
        Assert.Single((await repository.GetAsync("tags/list")).Json.GetProperty("tags").EnumerateArray());
        foreach (var image in images)
        {
            (await repository.HeadAsync($"manifests/{image.Digest}")).Is(HttpStatusCode.OK);
        }

        await Accounts.CheckAsync(shared.Harbor);
    }
}
