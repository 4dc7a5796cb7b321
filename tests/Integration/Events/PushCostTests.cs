using Harbor.Integration.Content;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Events;

/// <summary>An event must not cost a push a round trip of its own.</summary>
public sealed class PushCostTests
{
    [Fact]
    public async Task The_event_of_a_push_travels_with_the_statement_that_settles_the_quota()
    {
        await using var harbor = await TestHarbor.StartAsync();
        using var client = new RegistryClient(harbor.Url, "library/web");
        var image = TestImage.Of("web", TestImage.Bytes(1), TestImage.Bytes(2));
        foreach (var blob in image.Blobs)
        {
            await client.PutAsync(blob);
        }

        using var statements = new SqlStatements(harbor);
        await client.PushAsync(image.Manifest, "v1");
        var sent = statements.Take();

        var publishing = Assert.Single(sent, sql => sql.Contains("INSERT INTO outbox", StringComparison.Ordinal));
        Assert.Contains("UPDATE quota", publishing, StringComparison.Ordinal);
    }
}
