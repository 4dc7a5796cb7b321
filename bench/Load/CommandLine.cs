using System.CommandLine;
using Harbor.Load.Measure;
using Harbor.Load.Registry;
using Harbor.Load.Scenarios;
using Harbor.Load.Seeding;

namespace Harbor.Load;

/// <summary>The commands and their options; <c>bench/README.md</c> explains each.</summary>
internal static class CommandLine
{
    private static readonly Option<Uri> Url = new("--url")
    {
        Description = "Address of the server, such as http://127.0.0.1:8080",
        Required = true,
        CustomParser = argument =>
        {
            if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp)
            {
                return url;
            }

            argument.AddError("--url takes an http:// address.");
            return null;
        },
    };

    private static readonly Option<string> Project = new("--project")
    {
        Description = "Project that holds the repositories",
        DefaultValueFactory = _ => "library",
    };

    private static readonly Option<string?> Username = new("--username") { Description = "User that may push; none: anonymous" };

    private static readonly Option<string?> Password = new("--password") { Description = "The user's password; default: $BENCH_PASSWORD" };

    private static readonly Option<double> Duration = Positive("--duration", "Seconds to measure each scenario for", 10);

    private static readonly Option<double> Warmup = Positive("--warmup", "Seconds of the same load before, not measured", 2);

    private static readonly Option<double> Timeout = Positive("--timeout", "Seconds without progress after which a request fails", 60);

    private static readonly Option<double> MaxPushMegabytes = Positive("--max-push-mb", "A pushing scenario ends after that many MB", 8000);

    private static readonly Option<int?> Connections = new("--connections")
    {
        Description = "Clients at a time; default: each scenario's own",
    };

    private static readonly Option<int[]> ServerPids = new("--server-pid")
    {
        Description = "Process whose CPU and memory to report; may be repeated",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> ServerPidTree = new("--server-pid-tree")
    {
        Description = "Count the descendants of those processes too",
    };

    private static readonly Option<string?> Json = new("--json") { Description = "File to write the results to, as JSON" };

    public static RootCommand Make()
    {
        Connections.Validators.Add(option =>
        {
            if (option.GetValueOrDefault<int?>() is < 1 or > 1000)
            {
                option.AddError("--connections takes 1 to 1000.");
            }
        });
        return new("Puts load on a container registry and reports what it bore") { Run(), Get(), Seed(), Usage(), SelfChecks() };
    }

    private static Command Run()
    {
        var names = new Argument<string[]>("scenario")
        {
            HelpName = "scenario",
            Arity = ArgumentArity.OneOrMore,
            Description = string.Join('\n', [
                .. AllScenarios.List.Select(each => $"{each.Name}: {each.Summary}"), "all: all of these",
                .. AllScenarios.OfSeeded.Select(each => $"{each.Name}: {each.Summary}"), "listings: all of these, on a seeded server",
                .. AllScenarios.OfScale.Select(each => $"{each.Name}: {each.Summary}"), "scale: all of these, on a server seeded with --scale",
            ]),
        };
        names.AcceptOnlyFromAmong([.. AllScenarios.List.Concat(AllScenarios.OfSeeded).Concat(AllScenarios.OfScale).Select(each => each.Name), "all", "listings", "scale"]);
        var command = new Command("run", "Runs scenarios against a registry, one after the other")
        {
            names, Url, Project, Username, Password, Duration, Warmup, Connections, MaxPushMegabytes, Timeout,
            ServerPids, ServerPidTree, Json,
        };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetRequiredValue(names);
            var scenarios = AllScenarios.List.Where(each => wanted.Contains(each.Name) || wanted.Contains("all"))
                .Concat(AllScenarios.OfSeeded.Where(each => wanted.Contains(each.Name) || wanted.Contains("listings")))
                .Concat(AllScenarios.OfScale.Where(each => wanted.Contains(each.Name) || wanted.Contains("scale")));
            try
            {
                return Execute(parsed, [.. scenarios], Discover(parsed));
            }
            catch (Exception failure) when (Phase.Reason(failure) is { } reason)
            {
                Console.Error.WriteLine($"{parsed.GetValue(Url)}: {reason}");
                return 1;
            }
        });
        return command;
    }

    private static Command Get()
    {
        var path = new Argument<string>("path") { Description = "Path of a file on any web server" };
        var command = new Command("get", "Downloads one file over and over, to compare a registry with a web server")
        {
            path, Url, Duration, Warmup, Connections, Timeout, ServerPids, ServerPidTree, Json,
        };
        command.SetAction(parsed =>
        {
            var timeout = TimeSpan.FromSeconds(parsed.GetValue(Timeout));
            var target = new Target(parsed.GetRequiredValue(Url), "", new Authorizer(null, null, null, timeout), timeout);
            var file = parsed.GetRequiredValue(path);
            var scenario = new RequestScenario($"get {file}", "GET of a file", 8, server => Reads.Path(server, file));
            return Execute(parsed, [scenario], target);
        });
        return command;
    }

    private static Command Seed()
    {
        var database = new Option<string?>("--database") { Description = "Npgsql connection string of the server's database" };
        var dataDirectory = new Option<string?>("--data-dir") { Description = "The server's data directory, when it runs its own database" };
        var scale = new Option<bool>("--scale") { Description = "100,000 artifacts of 1,500,000 blobs instead, in projects of their own" };
        var command = new Command("seed", "Fills the database of a running server with 100,000 artifacts and a million audit records") { database, dataDirectory, scale };
        command.Validators.Add(result =>
        {
            if (result.GetValue(database) is null == result.GetValue(dataDirectory) is null)
            {
                result.AddError("seed takes either --database or --data-dir.");
            }
        });
        command.SetAction(parsed =>
        {
            Seeder.Run(parsed.GetValue(database) ?? Seeder.Embedded(parsed.GetRequiredValue(dataDirectory)!), parsed.GetValue(scale), Console.Out);
            return 0;
        });
        return command;
    }

    private static Command Usage()
    {
        var command = new Command("usage", "Prints CPU and memory of processes, without load") { ServerPids, ServerPidTree, Json };
        command.SetAction(parsed =>
        {
            var usage = Watch(parsed).Read();
            Report.WriteUsage(Console.Out, usage);
            WriteJson(parsed, usage);
        });
        return command;
    }

    private static Command SelfChecks()
    {
        var command = new Command("selftest", "Checks percentiles and the HTTP parser against known answers");
        command.SetAction(_ => SelfTest.Run(Console.Out));
        return command;
    }

    private static int Execute(ParseResult parsed, IReadOnlyList<IScenario> scenarios, Target target)
    {
        var options = new LoadOptions(
            TimeSpan.FromSeconds(parsed.GetValue(Duration)),
            TimeSpan.FromSeconds(parsed.GetValue(Warmup)),
            parsed.GetValue(Connections),
            (long)(parsed.GetValue(MaxPushMegabytes) * 1e6));
        var runner = new Runner(target, options, Watch(parsed));
        var results = new List<ScenarioResult>();
        Report.WriteHeader(Console.Out);
        foreach (var scenario in scenarios)
        {
            var result = runner.Run(scenario);
            Report.WriteRow(Console.Out, result);
            results.Add(result);
        }

        WriteJson(parsed, results);
        return results.Sum(result => result.Errors) == 0 ? 0 : 1;
    }

    private static Target Discover(ParseResult parsed) => Target.Discover(
        parsed.GetRequiredValue(Url),
        parsed.GetRequiredValue(Project),
        parsed.GetValue(Username),
        parsed.GetValue(Password) ?? Environment.GetEnvironmentVariable("BENCH_PASSWORD"),
        TimeSpan.FromSeconds(parsed.GetValue(Timeout)));

    private static ProcessWatch Watch(ParseResult parsed) => new(parsed.GetValue(ServerPids) ?? [], parsed.GetValue(ServerPidTree));

    private static void WriteJson<T>(ParseResult parsed, T value)
    {
        if (parsed.GetValue(Json) is { } path)
        {
            Report.WriteJson(path, value);
        }
    }

    private static Option<double> Positive(string name, string description, double fallback)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is >= 0 and <= 1e6))
            {
                result.AddError($"{name} takes a number from 0 to 1000000.");
            }
        });
        return option;
    }
}
