using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Data;

/// <summary>A statement that fails must not harm whoever uses its connection next.</summary>
public sealed class PreparedStatementTests
{
    private const string ParseJson = "SELECT $1::json::text";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_transaction_that_fails_leaves_a_connection_that_works(int usesBefore)
    {
        await using var test = await TestDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(test.ConnectionString) { MaxPoolSize = 1 }.ConnectionString);
        var database = new Database(source, NullLogger<Database>.Instance);
        Task<string?> ParseAsync(string json) => database.TransactAsync(tx => tx.ScalarAsync<string>(ParseJson, json), TestContext.Current.CancellationToken);
        for (var use = 0; use < usesBefore; use++)
        {
            Assert.Equal("1", await ParseAsync("1"));
        }

        await Assert.ThrowsAsync<PostgresException>(() => ParseAsync("{"));

        for (var use = 0; use < 4; use++)
        {
            Assert.Equal("2", await ParseAsync("2"));
        }
    }

    [Fact]
    public async Task A_text_that_cannot_be_stored_does_not_reach_the_database()
    {
        await using var test = await TestDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(test.ConnectionString);
        var database = new Database(source, NullLogger<Database>.Instance);

        var refused = Assert.Throws<RegistryException>(() => database.Command(ParseJson).With("x\0"));
        Assert.Equal(ErrorCode.BadRequest, refused.Code);
        await Assert.ThrowsAsync<RegistryException>(() => database.TransactAsync(tx => tx.ExecuteAsync(ParseJson, "x\0"), TestContext.Current.CancellationToken));
    }
}
