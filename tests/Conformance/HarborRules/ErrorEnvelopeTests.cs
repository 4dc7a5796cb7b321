using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.HarborRules;

/// <summary>How a refusal looks, whoever refuses.</summary>
public sealed class ErrorEnvelopeTests(SharedHarbor shared)
{
    [Fact]
    public async Task What_Harbor_itself_refuses_has_no_detail_and_what_the_protocol_refuses_says_what_it_is_about()
    {
        var repository = await shared.RepositoryAsync();
        var missing = Digest.Of("missing"u8);

        Assert.Equal(
            $"{{\"errors\":[{{\"code\":\"NOT_FOUND\",\"message\":\"artifact {repository.Name}:v1 not found\"}}]}}\n",
            (await repository.GetAsync("manifests/v1")).Text);
        Assert.Equal(
            missing.Value,
            (await repository.GetAsync($"blobs/{missing}")).Json.GetProperty("errors")[0].GetProperty("detail").GetProperty("digest").GetString());
    }

    [Fact]
    public async Task To_HEAD_the_same_is_said_without_a_body()
    {
        var repository = await shared.RepositoryAsync();
        var (got, head) = (await repository.GetAsync("manifests/v1"), await repository.HeadAsync("manifests/v1"));

        Assert.Empty(head.Body);
        Assert.Equal((got.Status, got.Header("Content-Type"), got.Header("Content-Length")), (head.Status, head.Header("Content-Type"), head.Header("Content-Length")));
    }

    [Fact]
    public async Task Every_answer_carries_the_name_of_its_request()
    {
        var repository = await shared.RepositoryAsync();

        Assert.Equal("asked-1", (await repository.GetAsync("manifests/v1", ("X-Request-Id", "asked-1"))).Header("X-Request-Id"));
        Assert.True(Guid.TryParse((await repository.GetAsync("manifests/v1")).Header("X-Request-Id"), out _));
    }
}
