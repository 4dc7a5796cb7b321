using System.Text;
using System.Text.Json;
using Harbor.Contracts;
using Harbor.Modules.Immutability;

namespace Harbor.Modules.Retention;

/// <summary>What a policy says, checked: everything but its id and its project.</summary>
/// <param name="Cron">Empty: runs by hand alone.</param>
/// <param name="Rules">JSON, as the rules are shown.</param>
internal sealed record RetentionDefinition(string TriggerKind, string Cron, string Rules)
{
    public const int MaxRules = 15;
    public const int MaxPattern = 1024;
    public const int MaxSelectors = 16;
    public const int MaxText = 255;

    public const string Schedule = "Schedule";

    private const string Algorithm = "or";
    private const string Action = "retain";
    private const string Repository = "repository";
    private const string Kind = "doublestar";

    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>, naming what is at fault; <c>CONFLICT</c>: two rules say the same.</exception>
    public static RetentionDefinition From(RetentionPolicyDto policy)
    {
        if (policy.Rules?.Count > MaxRules)
        {
            throw RetentionErrors.TooManyRules(MaxRules);
        }

        if (policy.Algorithm is not (null or "" or Algorithm))
        {
            throw RetentionErrors.Invalid($"the algorithm must be {Algorithm}");
        }

        RetentionRuleDto[] rules = [.. (policy.Rules ?? []).Select(Checked)];
        RefuseTwins(rules);
        return new RetentionDefinition(KindOf(policy.Trigger), CronOf(policy.Trigger), Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(rules, HarborJson.TypeInfo<IReadOnlyList<RetentionRuleDto>>())));
    }

    /// <summary>A kept definition as it is shown.</summary>
    public RetentionPolicyDto Show(long id, long projectId, DateTimeOffset? next) => new()
    {
        Id = id,
        Algorithm = Algorithm,
        Rules = Read(Rules),
        Trigger = new RetentionTriggerDto
        {
            Kind = TriggerKind,
            Settings = new RetentionTriggerSettingsDto { Cron = Cron, NextScheduledTime = next?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null) },
        },
        Scope = new RetentionScopeDto { Level = RetentionErrors.Project, Ref = projectId },
    };

    /// <summary>The rules that decide.</summary>
    public RetentionPolicy ToPolicy() => new([.. Read(Rules).Where(rule => !rule.Disabled).Select(Rule)]);

    private static IReadOnlyList<RetentionRuleDto> Read(string rules) => JsonSerializer.Deserialize(rules, HarborJson.TypeInfo<IReadOnlyList<RetentionRuleDto>>())!;

    private static string KindOf(RetentionTriggerDto? trigger) => trigger?.Kind switch
    {
        null or "" or Schedule => Schedule,
        _ => throw RetentionErrors.Invalid($"the kind of the trigger must be {Schedule}"),
    };

    private static string CronOf(RetentionTriggerDto? trigger)
    {
        var cron = trigger?.Settings?.Cron ?? string.Empty;
        return cron.Length == 0 || (cron.Length <= MaxText && IsOnTheMinute(cron) && Platform.Jobs.Cron.TryParse(cron, out _)) ? cron : throw RetentionErrors.InvalidCron(cron);
    }

    // Of six fields, the first is the second, and must be 0.
    private static bool IsOnTheMinute(string cron) => cron.Split(' ') is var fields && (fields.Length != 6 || fields[0] == "0");

    private static RetentionRuleDto Checked(RetentionRuleDto? rule)
    {
        if (rule is null)
        {
            throw RetentionErrors.Invalid("a rule is null");
        }

        if (rule.Action is not (null or "" or Action))
        {
            throw RetentionErrors.Invalid($"the action of a rule must be {Action}");
        }

        var template = RetentionTemplate.Find(rule.Template) ?? throw RetentionErrors.Invalid("a rule has an unknown template");
        return new RetentionRuleDto
        {
            Id = rule.Id,
            Priority = rule.Priority,
            Disabled = rule.Disabled,
            Action = Action,
            Template = template.Name,
            Params = Parameter(rule, template),
            TagSelectors = Selectors(rule.TagSelectors, "tag_selectors", "matches", "excludes"),
            ScopeSelectors = new Dictionary<string, IReadOnlyList<RetentionSelectorDto>>
            {
                [Repository] = Selectors(OnlyRepository(rule.ScopeSelectors), "scope_selectors.repository", "repoMatches", "repoExcludes"),
            },
        };
    }

    // Only the parameter that means something is kept.
    private static Dictionary<string, RawJson>? Parameter(RetentionRuleDto rule, RetentionTemplate template)
    {
        if (template.Unit == RetentionUnit.None || rule.Params?.GetValueOrDefault(template.Name) is not { } given)
        {
            return null;
        }

        if (given.Text.Length > MaxText)
        {
            throw RetentionErrors.Invalid($"{template.Name} has more than {MaxText} characters");
        }

        return Number(given) is { } number && (number < 0 || number > template.Maximum)
            ? throw RetentionErrors.Invalid($"{template.Name} must be from 0 to {template.Maximum}")
            : new Dictionary<string, RawJson> { [template.Name] = given };
    }

    private static double? Number(RawJson given)
    {
        using var json = JsonDocument.Parse(given.Text);
        return json.RootElement.ValueKind == JsonValueKind.Number ? json.RootElement.GetDouble() : null;
    }

    private static IReadOnlyList<RetentionSelectorDto>? OnlyRepository(IReadOnlyDictionary<string, IReadOnlyList<RetentionSelectorDto>>? scopes) =>
        scopes?.Keys.Any(key => key != Repository) == true
            ? throw RetentionErrors.Invalid($"scope_selectors takes {Repository} alone")
            : scopes?.GetValueOrDefault(Repository);

    private static RetentionSelectorDto[] Selectors(IReadOnlyList<RetentionSelectorDto>? given, string field, string matches, string excludes) =>
        given is null or { Count: 0 } or { Count: > MaxSelectors }
            ? throw RetentionErrors.Invalid($"{field} needs 1 to {MaxSelectors} selectors")
            : [.. given.Select(selector => Checked(selector, field, matches, excludes))];

    private static RetentionSelectorDto Checked(RetentionSelectorDto? selector, string field, string matches, string excludes)
    {
        if (selector is not { Kind: Kind })
        {
            throw RetentionErrors.Invalid($"the kind of {field} must be {Kind}");
        }

        if (selector.Decoration != matches && selector.Decoration != excludes)
        {
            throw RetentionErrors.Invalid($"the decoration of {field} must be {matches} or {excludes}");
        }

        var pattern = selector.Pattern ?? string.Empty;
        if (pattern.Length > MaxPattern || (pattern.Length > 0 && !Glob.TryParse(pattern, out _)))
        {
            throw RetentionErrors.Invalid($"the pattern of {field} is malformed, has more than {MaxPattern} characters, or too many alternatives");
        }

        if (selector.Extras is { Length: > 0 } extras && (extras.Length > MaxText || !RetentionExtras.TryRead(extras, out _)))
        {
            throw RetentionErrors.Invalid($"""the extras of {field} must be a text like {"{\"untagged\":true}"}""");
        }

        return new RetentionSelectorDto { Kind = Kind, Decoration = selector.Decoration, Pattern = pattern, Extras = selector.Extras };
    }

    private static void RefuseTwins(RetentionRuleDto[] rules)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < rules.Length; at++)
        {
            var text = JsonSerializer.Serialize([rules[at] with { Id = 0 }], HarborJson.TypeInfo<IReadOnlyList<RetentionRuleDto>>());
            if (!seen.TryAdd(text, at))
            {
                throw RetentionErrors.Conflict(at, seen[text]);
            }
        }
    }

    private static RetentionRule Rule(RetentionRuleDto rule)
    {
        var template = RetentionTemplate.Find(rule.Template) ?? throw new InvalidOperationException($"A stored rule has the unknown template {rule.Template}.");
        var given = rule.Params?.GetValueOrDefault(template.Name) is { } raw ? Number(raw) : null;
        return new RetentionRule(
            template,
            given is { } number && number == Math.Floor(number) ? (long)number : template.Standard,
            [.. rule.ScopeSelectors![Repository].Select(each => new RepositorySelector(Pattern(each), Excludes(each)))],
            [.. rule.TagSelectors!.Select(each => new TagSelector(Pattern(each), Excludes(each), Untagged(each)))]);
    }

    private static bool Excludes(RetentionSelectorDto selector) => selector.Decoration!.EndsWith("xcludes", StringComparison.Ordinal);

    private static bool Untagged(RetentionSelectorDto selector) =>
        selector.Extras is { Length: > 0 } extras && RetentionExtras.TryRead(extras, out var untagged) ? untagged : !Excludes(selector);

    private static Glob? Pattern(RetentionSelectorDto selector) => string.IsNullOrEmpty(selector.Pattern) ? null
        : Glob.TryParse(selector.Pattern, out var glob) ? glob : throw new InvalidOperationException("A stored rule has a malformed pattern.");
}
