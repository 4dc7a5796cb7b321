using System.Collections.Concurrent;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>Nothing that stands in a path, a query or a header makes any operation fail.</summary>
public sealed class HostileParameterTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly string[] Values =
    [
        "'", "\"", "\\", "%", "_", "' OR '1'='1", "'; DROP TABLE project; --", "$1", "{0}", "~", "~'", "[~]", "[1~", "[a~'~b]", "{", "{' '}", "()", "=", "k=", "=v", "k=v,", ",", "a b",
        "../..", ".", "..", "%2F", "%252F", "%00", "\u0000", "\u007f", "\ufeff", "é", "世界", "🐳", "\ud800", "null", "-1", "0", "9223372036854775807", "9223372036854775808", "1e9", "NaN",
        "sha256:", "sha256:zz", "sha256:" + "a", "2024-01-01T00:00:00", new string('a', 300), new string('é', 4000), new string('[', 3000),
    ];

    [Fact]
    public async Task No_value_of_any_parameter_of_any_operation_is_answered_with_a_fault_of_the_server()
    {
        await using var database = NpgsqlDataSource.Create(api.Harbor.Database.ConnectionString);
        var place = await Place.CreateAsync(api, database, isPublic: false);
        var mounted = MountedOperation.Of(api.Harbor);
        foreach (var operation in mounted)
        {
            await place.PrepareAsync(operation);
        }

        var faults = new ConcurrentQueue<string>();
        var requests = from operation in mounted from parameter in ParametersOf(operation) from value in Values select (operation, parameter.Name, parameter.In, value);
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (each, _) =>
        {
            if (Request(each.operation, each.Name, each.In, each.value, place) is not { } request)
            {
                return;
            }

            using (request)
            using (var answer = await api.Admin.SendAsync(request, CancellationToken.None))
            {
                if ((int)answer.StatusCode >= 500)
                {
                    faults.Enqueue($"{each.operation.Id}, {each.In} {each.Name} = {each.value[..Math.Min(60, each.value.Length)]}: {(int)answer.StatusCode}");
                }
            }
        });

        Assert.True(faults.IsEmpty, string.Join('\n', faults.Order(StringComparer.Ordinal)));
    }

    private static IEnumerable<(string Name, string In)> ParametersOf(MountedOperation operation) => operation.Parameters
        .Where(each => each.In is "query" or "header").Select(each => (each.Name, each.In))
        .Concat(operation.Endpoint.RoutePattern.Parameters.Select(each => (each.Name, "path")))
        .Distinct();

    private static HttpRequestMessage? Request(MountedOperation operation, string name, string place, string value, Place at)
    {
        var path = place == "path"
            ? OperationSamples.PathOf(operation, at.Word, at.Word, (name, value.Length > 1000 ? value[..1000] : value))
            : OperationSamples.PathOf(operation, at.Word, at.Word);
        if (place == "query")
        {
            path += $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={Uri.EscapeDataString(value)}";
        }

        var request = new HttpRequestMessage(operation.Method, path);
        if (OperationSamples.BodyOf(operation, at.Word) is { } body)
        {
            request.Content = new StringContent(body.ToJsonString(), null, "application/json");
        }

        // What no client can send is nothing to test.
        return place != "header" || (value.All(char.IsAscii) && !value.Any(char.IsControl) && request.Headers.TryAddWithoutValidation(name, value)) ? request : null;
    }
}
