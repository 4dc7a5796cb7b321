using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Modules.Access;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Access;

/// <summary>
/// Every operation that is mounted, called by everybody, on what is his, on what is not, and on what is public. Each request is really made;
/// what must be answered stands in files that were written from Harbor's description.
/// </summary>
public sealed class AuthorizationMatrixTests(ApiFixture api) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string Password = "Passw0rd1";
    private const int Walkers = 4;

    private static readonly AuthorizationTable Table = new();

    private readonly Dictionary<Caller, HttpClient> clients = [];
    private readonly List<(long User, Role Role)> members = [];
    private readonly ConcurrentQueue<string> faults = new();
    private NpgsqlDataSource database = null!;
    private long asked;

    /// <summary>What a request speaks of.</summary>
    private enum Target
    {
        /// <summary>A closed project where the callers have their roles.</summary>
        Own,

        /// <summary>A closed project where nobody has one.</summary>
        Foreign,

        /// <summary>A public project where nobody has a role.</summary>
        Public,

        /// <summary>A thing of another project, in the path of one's own.</summary>
        ForeignThing,

        /// <summary>A project that does not exist.</summary>
        Missing,
    }

    /// <summary>What all requests share that change nothing, because they read or are refused.</summary>
    /// <param name="Robot">The robot of the callers' own project; null when there are no robots.</param>
    private sealed record Shared(Place Own, Place Foreign, Place Public, HttpClient? Robot);

    public async ValueTask InitializeAsync()
    {
        database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(api.Harbor.Database.ConnectionString) { MaxPoolSize = Walkers }.ConnectionString);
        foreach (var caller in Caller.People)
        {
            if (caller == Caller.Anonymous)
            {
                clients[caller] = api.Anonymous;
                continue;
            }

            var (id, _, client) = await api.UserAsync(sysadmin: caller == Caller.SystemAdmin);
            clients[caller] = client;
            if (caller.Role is { } role)
            {
                members.Add((id, role));
            }
        }
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Every_operation_lets_in_whom_Harbor_lets_in_and_nobody_else()
    {
        var mounted = MountedOperation.Of(api.Harbor);
        var callers = Caller.People.ToList();
        if (mounted.Any(each => each.Id == "CreateRobot"))
        {
            clients[Caller.SystemRobot] = await SystemRobotAsync();
            callers.AddRange(Caller.Robots);
        }

        var (own, foreign, open) = (await PlaceAsync(Target.Own), await PlaceAsync(Target.Foreign), await PlaceAsync(Target.Public));
        foreach (var operation in mounted)
        {
            await own.PrepareAsync(operation);
            await foreign.PrepareAsync(operation);
            await open.PrepareAsync(operation);
        }

        var shared = new Shared(own, foreign, open, callers.Contains(Caller.ProjectRobot) ? await ProjectRobotAsync(own) : null);

        var before = await SeenAsync(mounted, foreign);

        // Reads come first: whoever makes a project administers one from then on.
        foreach (var part in mounted.GroupBy(each => each.IsRead).OrderByDescending(each => each.Key))
        {
            var cells = from operation in part from target in TargetsOf(operation) from caller in callers select (operation, target, caller);
            await Parallel.ForEachAsync(cells, new ParallelOptions { MaxDegreeOfParallelism = Walkers }, async (cell, _) =>
                await WalkAsync(cell.operation, cell.target, cell.caller, shared));
        }

        Assert.Equal(before, await SeenAsync(mounted, foreign));
        Assert.True(faults.IsEmpty, $"{faults.Count} of {asked}:\n{string.Join('\n', faults.Order(StringComparer.Ordinal))}");
        Assert.InRange(asked, mounted.Count * callers.Count, long.MaxValue);
    }

    [Fact]
    public void Every_operation_of_the_contract_has_a_rule_and_every_rule_is_of_one() =>
        Assert.Equal(Contract.Load().Operations.Select(each => each.Id).Order(StringComparer.Ordinal), Table.Operations.Order(StringComparer.Ordinal));

    private static IEnumerable<Target> TargetsOf(MountedOperation operation)
    {
        yield return Target.Own;
        if (Table.IsInProject(operation.Id))
        {
            yield return Target.Foreign;
            yield return Target.Public;
            var named = operation.Path.Contains("{project_name", StringComparison.Ordinal);
            var words = OperationSamples.WordsIn(operation).ToHashSet(StringComparer.Ordinal);
            if (named && operation.Endpoint.RoutePattern.Parameters.Any(each => IsThing(each.Name) && (each.Name == "id" || words.Contains(each.Name))))
            {
                yield return Target.ForeignThing;
            }

            if (named)
            {
                yield return Target.Missing;
            }
        }
    }

    // What of a project another one cannot have.
    private static bool IsThing(string parameter) => !parameter.StartsWith("project_name", StringComparison.Ordinal) && parameter is not ("meta_name" or "addition");

    private async Task WalkAsync(MountedOperation operation, Target target, Caller caller, Shared shared)
    {
        var isMember = target is Target.Own or Target.ForeignThing || (caller == Caller.SystemRobot && target != Target.Missing);
        var isAllowed = Table.Allows(operation.Id, caller, isMember, target == Target.Public);
        var place = target switch { Target.Foreign => shared.Foreign, Target.Public => shared.Public, _ => shared.Own };
        var client = caller == Caller.ProjectRobot ? shared.Robot! : clients[caller];
        if (isAllowed && !operation.IsRead && target is Target.Own or Target.Foreign or Target.Public)
        {
            // What is changed is not what the others ask about.
            place = await PlaceAsync(target);
            await place.PrepareAsync(operation, isAlone: true);
            client = caller == Caller.ProjectRobot && target == Target.Own ? await ProjectRobotAsync(place) : client;
        }

        var path = OperationSamples.PathOf(operation, word => target switch
        {
            Target.ForeignThing when IsThing(word) => shared.Foreign.Word(word),
            Target.Missing when word.StartsWith("project_name", StringComparison.Ordinal) => "no-such-project",
            _ => place.Word(word),
        }, place.Word);
        using var answer = await client.CallAsync(operation.Method, path, OperationSamples.BodyOf(operation, place.Word));
        Interlocked.Increment(ref asked);
        var status = (int)answer.StatusCode;
        if (!Meets(status, operation, target, caller, isAllowed))
        {
            faults.Enqueue($"{operation.Id}, {caller}, {target}: {(isAllowed ? "should be let in" : "should be refused")}, but {operation.Method} {path} answers {status} {await answer.BodyAsync()}");
        }
    }

    private static bool Meets(int status, MountedOperation operation, Target target, Caller caller, bool isAllowed) => (isAllowed, target) switch
    {
        (false, _) => status == Table.Refusal(operation.Id, caller),
        (true, Target.ForeignThing) => status == Table.AnswerToUnknown(operation.Id),
        (true, Target.Missing) => status == 404,
        _ when OperationSamples.AnswerOf(operation) is { } promised => status == promised,

        // A robot is no user, and is told so where only users have an answer.
        _ when Caller.Robots.Contains(caller) && operation.Id == "getCurrentUserInfo" => status == 412,
        _ => status is >= 200 and < 300,
    };

    /// <summary>All that an administrator sees of a place.</summary>
    private async Task<List<string>> SeenAsync(IEnumerable<MountedOperation> mounted, Place place)
    {
        var seen = new List<string>();
        foreach (var operation in mounted.Where(each => each.Method == HttpMethod.Get && Table.IsInProject(each.Id)))
        {
            using var answer = await api.Admin.GetAsync(OperationSamples.PathOf(operation, place.Word, place.Word));
            seen.Add($"{operation.Id} {(int)answer.StatusCode} {await answer.BodyAsync()}");
        }

        return seen;
    }

    private Task<Place> PlaceAsync(Target target) =>
        Place.CreateAsync(api, database, target == Target.Public, target == Target.Own ? [.. members] : []);

    private async Task<HttpClient> ProjectRobotAsync(Place place)
    {
        var (_, name, secret) = await place.RobotAsync(Table.GrantsOf("robot"));
        return api.Harbor.ClientAs(name, secret);
    }

    private async Task<HttpClient> SystemRobotAsync()
    {
        using var made = await api.Admin.CallAsync(HttpMethod.Post, "/api/v2.0/robots", new
        {
            name = ApiFixture.Unique("robot"),
            level = "system",
            duration = -1,
            permissions = new[] { Permissions("system", "/", "system robot"), Permissions("project", "*", "robot") },
        });
        var body = JsonNode.Parse(await made.BodyAsync())!;
        Assert.True(made.IsSuccessStatusCode, body.ToJsonString());
        return api.Harbor.ClientAs((string)body["name"]!, (string)body["secret"]!);
    }

    private static object Permissions(string kind, string space, string holder) =>
        new { kind, @namespace = space, access = Table.GrantsOf(holder).Select(each => new { resource = each.Resource, action = each.Action }) };
}
