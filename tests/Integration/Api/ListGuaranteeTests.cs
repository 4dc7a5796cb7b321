using System.Globalization;
using System.Text.Json.Nodes;
using Harbor.Support;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>What holds of every list that is mounted, whichever it is.</summary>
public sealed class ListGuaranteeTests(ApiFixture api) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const int Rows = 13;

    // Searches always show their first rows.
    private static readonly HashSet<string> WithoutPages = ["searchUsers", "searchUserGroups"];

    // These show everything unless a size is asked for, and then as much as is asked for.
    private static readonly HashSet<string> WithoutLargestPage = ["listRetentionExecutions", "listRetentionTasks"];

    private static readonly string[] Injections =
    [
        "' OR 1=1 --", "\"; DROP TABLE project; --", "\\", "name); DELETE FROM tag; --", "password_hash", "password_salt", "secret", "salt", "project.id", "1", "id,id,id", "-", "--", "😀",
    ];

    private NpgsqlDataSource database = null!;

    public ValueTask InitializeAsync()
    {
        database = NpgsqlDataSource.Create(api.Harbor.Database.ConnectionString);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_long_page_takes_as_many_statements_as_a_short_one()
    {
        using var statements = new SqlStatements(api.Harbor);
        foreach (var list in Lists())
        {
            var place = await FilledAsync(list);
            await GetAsync(list, place, "page_size=2");
            statements.Take();
            var few = await RowsAsync(list, place, "page_size=2");
            var forFew = statements.Take();
            var many = await RowsAsync(list, place, $"page_size={Rows - 1}");
            var forMany = statements.Take();

            Assert.True((few.Count, many.Count) == (2, Rows - 1), $"{list.Id} shows {few.Count} and {many.Count} rows");
            Assert.True(forFew.Count == forMany.Count, $"{list.Id}: {forFew.Count} statements for 2 rows, {forMany.Count} for {Rows - 1}:\n{string.Join("\n---\n", forMany)}");
            Assert.InRange(forFew.Count, 1, 10);
        }
    }

    [Fact]
    public async Task Pages_have_their_bounds_and_tell_of_their_neighbours()
    {
        foreach (var list in Lists().Where(each => !WithoutPages.Contains(each.Id)))
        {
            var place = await FilledAsync(list);
            var first = await RowsAsync(list, place, "page_size=3");
            foreach (var page in (string[])["page=1", "page=0", "page=-1", "page=-9223372036854775808", "page="])
            {
                Same(first, await RowsAsync(list, place, $"{page}&page_size=3"), $"{list.Id} {page}");
            }

            foreach (var query in (string[])["page=9223372036854775807&page_size=100", "page=1000000&page_size=3"])
            {
                Assert.Empty(await RowsAsync(list, place, query));
            }

            foreach (var query in (string[])["page_size=101", "page_size=9223372036854775807", "page_size=9223372036854775808", "page=9223372036854775808", "page=1.5", "page=x", "page_size=x", "page=%00"])
            {
                if (query is "page_size=101" or "page_size=9223372036854775807" && WithoutLargestPage.Contains(list.Id))
                {
                    Assert.InRange((await RowsAsync(list, place, query)).Count, Rows, 100);
                    continue;
                }

                using var refused = await GetAsync(list, place, query);
                Assert.True((int)refused.StatusCode == 422, $"{list.Id} {query}: {(int)refused.StatusCode}");
            }

            foreach (var size in (string[])["0", "-1"])
            {
                using var all = await GetAsync(list, place, $"page_size={size}");
                Assert.Equal(TotalOf(all), JsonNode.Parse(await all.BodyAsync())!.AsArray().Count);
            }

            using var second = await GetAsync(list, place, "page=2&page_size=3");
            Assert.InRange(TotalOf(second), Rows, long.MaxValue);
            var links = Assert.Single(second.Headers.GetValues("Link"));
            Assert.Matches("^</api/v2.0/[^>]*page=1&page_size=3[^>]*>; rel=\"prev\" , </api/v2.0/[^>]*page=3&page_size=3[^>]*>; rel=\"next\"$", links);
            Assert.Empty(first.Select(Text).Intersect((await RowsAsync(list, place, "page=2&page_size=3")).Select(Text)));
        }
    }

    [Fact]
    public async Task Keys_that_a_list_does_not_know_neither_order_nor_filter_it_nor_reach_the_database()
    {
        foreach (var list in Lists())
        {
            var place = await FilledAsync(list);
            var expected = await RowsAsync(list, place, "page_size=5");
            foreach (var key in Injections.Append("no_such_column"))
            {
                if (list.Parameters.Any(each => each.Name == "sort") && key is not ("1" or "id,id,id"))
                {
                    Same(expected, await RowsAsync(list, place, $"page_size=5&sort={Uri.EscapeDataString(key)}"), $"{list.Id} sort={key}");
                    Same(expected, await RowsAsync(list, place, $"page_size=5&sort=-{Uri.EscapeDataString(key)}"), $"{list.Id} sort=-{key}");
                }

                if (list.Parameters.Any(each => each.Name == "q") && !key.Contains('=', StringComparison.Ordinal) && !key.Contains(',', StringComparison.Ordinal))
                {
                    Same(expected, await RowsAsync(list, place, $"q={Twice($"{key}=a")}&page_size=5"), $"{list.Id} q={key}=a");
                }
            }
        }
    }

    [Fact]
    public async Task What_is_filtered_by_is_data_whatever_it_holds()
    {
        foreach (var list in Lists().Where(each => each.Parameters.Any(parameter => parameter.Name == "q")))
        {
            var place = await FilledAsync(list);
            foreach (var value in Injections)
            {
                foreach (var q in (string[])[$"name={value}", $"name=~{value}", $"creation_time=[{value}~]", $"name={{{value}}}", $"id={value}", $"name=({value})", value])
                {
                    using var answer = await GetAsync(list, place, $"q={Twice(q)}");
                    Assert.True((int)answer.StatusCode is 200 or 400, $"{list.Id} q={q}: {(int)answer.StatusCode} {await answer.BodyAsync()}");
                }
            }
        }
    }

    private List<MountedOperation> Lists()
    {
        var lists = MountedOperation.Of(api.Harbor).Where(each => each.IsPaged).ToList();
        Assert.NotEmpty(lists);
        return lists;
    }

    /// <summary>A place where the list has rows enough.</summary>
    private async Task<Place> FilledAsync(MountedOperation list)
    {
        var place = await Place.CreateAsync(api, database, isPublic: false);
        await place.PrepareAsync(list);
        for (var row = 0; row < Rows; row++)
        {
            await place.AddRowAsync(list);
        }

        return place;
    }

    private Task<HttpResponseMessage> GetAsync(MountedOperation list, Place place, string query)
    {
        var path = OperationSamples.PathOf(list, place.Word, place.Word);

        // Conditions that the sample has already must go on to hold.
        return api.Admin.GetAsync(query.StartsWith("q=", StringComparison.Ordinal) && path.Contains("?q=", StringComparison.Ordinal)
            ? $"{path},{query[2..]}"
            : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}");
    }

    private async Task<JsonArray> RowsAsync(MountedOperation list, Place place, string query)
    {
        using var answer = await GetAsync(list, place, query);
        var body = await answer.BodyAsync();
        Assert.True((int)answer.StatusCode == 200, $"{list.Id} {query}: {(int)answer.StatusCode} {body}");
        return JsonNode.Parse(body)!.AsArray();
    }

    private static long TotalOf(HttpResponseMessage answer) => long.Parse(Assert.Single(answer.Headers.GetValues("X-Total-Count")), CultureInfo.InvariantCulture);

    private static void Same(JsonArray expected, JsonArray actual, string what) => Assert.True(expected.Select(Text).SequenceEqual(actual.Select(Text)), $"{what} shows other rows");

    // The same row may be read twice, with a count of pulls that has gone on.
    private static string Text(JsonNode? row) => row!.ToJsonString();

    // Conditions are decoded once more than other parameters.
    private static string Twice(string text) => Uri.EscapeDataString(Uri.EscapeDataString(text));
}
