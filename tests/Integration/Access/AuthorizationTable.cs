using System.Globalization;

namespace Harbor.Integration.Access;

/// <summary>What Harbor's description says of who may call what: <c>authorization.txt</c> and <c>authorization-roles.txt</c>.</summary>
internal sealed class AuthorizationTable
{
    private static readonly Dictionary<string, string> Letters = new() { ["C"] = "create", ["R"] = "read", ["U"] = "update", ["D"] = "delete", ["L"] = "list" };

    private readonly Dictionary<string, string[]> rules;
    private readonly HashSet<(string Holder, string Permission)> held = [];

    public AuthorizationTable()
    {
        rules = Lines("authorization.txt").Select(line => line.Split((char[]?)null, 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(parts => parts[0], parts => parts[1].Split(", "));
        string[] head = [];
        foreach (var line in Lines("authorization-roles.txt"))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells[0] == "resource")
            {
                head = cells;
                continue;
            }

            for (var column = 1; column < cells.Length; column++)
            {
                foreach (var action in cells[column].Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    held.Add((head[column], $"{cells[0]}:{Letters.GetValueOrDefault(action, action)}"));
                }
            }
        }
    }

    public IEnumerable<string> Operations => rules.Keys;

    /// <summary>What a robot can be given: pairs of resource and action.</summary>
    /// <param name="holder"><c>robot</c> in a project, <c>system robot</c> in the system.</param>
    public IEnumerable<(string Resource, string Action)> GrantsOf(string holder) =>
        held.Where(each => each.Holder == holder).Select(each => each.Permission.Split(':')).Select(parts => (parts[0], parts[1]));

    /// <summary>Whether an operation needs a right in a project.</summary>
    public bool IsInProject(string operation) => rules[operation].Any(rule => rule.StartsWith("project ", StringComparison.Ordinal));

    /// <summary>The status that an operation answers with when the thing it names is not in the project.</summary>
    public int AnswerToUnknown(string operation) =>
        rules[operation].Select(rule => rule.Split(' ')).FirstOrDefault(rule => rule[0] == "unknown") is [_, var status] ? int.Parse(status, CultureInfo.InvariantCulture) : 404;

    /// <summary>The status that those get who are not let in.</summary>
    public int Refusal(string operation, Caller caller) => caller == Caller.Anonymous || rules[operation].Contains("nobody") ? 401 : 403;

    /// <summary>Whether the caller is let in.</summary>
    /// <param name="isMember">Whether the caller's role is one in the project that is spoken of.</param>
    public bool Allows(string operation, Caller caller, bool isMember, bool isPublic) => rules[operation].All(rule => rule.Split(' ') switch
    {
        ["anyone"] => true,
        ["signed-in"] => caller != Caller.Anonymous,
        ["nobody"] => false,
        ["administrators"] => caller == Caller.SystemAdmin || caller == Caller.ProjectAdmin,
        ["no", "project", "robot"] => caller != Caller.Anonymous && caller != Caller.ProjectRobot,
        ["unknown", _] => true,
        ["system", var right] => caller == Caller.SystemAdmin || (caller == Caller.SystemRobot && held.Contains((caller.Name, right))),
        ["project", var right] => caller == Caller.SystemAdmin || (isPublic && held.Contains(("public", right))) || (isMember && held.Contains((caller.RoleName, right))),
        _ => throw new InvalidOperationException($"{operation}: \"{rule}\" is no rule."),
    });

    private static IEnumerable<string> Lines(string name)
    {
        using var stream = typeof(AuthorizationTable).Assembly.GetManifestResourceStream($"Harbor.Integration.Access.{name}")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#'))];
    }
}
