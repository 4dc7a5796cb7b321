using System.Security.Cryptography;
using System.Text.Json;
using Harbor.Contracts;

namespace Harbor.Modules.Immutability;

/// <summary>What a rule says, checked: everything but its id and whether it is switched on.</summary>
internal static class RuleDefinition
{
    public const int MaxPattern = 1024;
    public const int MaxSelectors = 16;
    public const int MaxWord = 64;

    private const string Repository = "repository";
    private const string Kind = "doublestar";

    /// <summary>The definition as it is kept, and what no two rules of a project may have in common.</summary>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>, naming the field at fault.</exception>
    public static (string Json, byte[] Fingerprint) From(ImmutableRuleDto rule)
    {
        var checkedRule = new ImmutableRuleDto
        {
            Priority = rule.Priority,
            Action = Word(rule.Action, "immutable", "action"),
            Template = Word(rule.Template, "immutable_template", "template"),
            TagSelectors = Selectors(rule.TagSelectors, "tag_selectors", "matches", "excludes"),
            ScopeSelectors = new Dictionary<string, IReadOnlyList<ImmutableSelectorDto>>
            {
                [Repository] = Selectors(OnlyRepository(rule.ScopeSelectors), "scope_selectors.repository", "repoMatches", "repoExcludes"),
            },
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(checkedRule, HarborJson.TypeInfo<ImmutableRuleDto>());
        return (System.Text.Encoding.UTF8.GetString(json), SHA256.HashData(json));
    }

    /// <summary>A kept definition as it is shown.</summary>
    public static ImmutableRuleDto Show(long id, bool disabled, string json) =>
        JsonSerializer.Deserialize(json, HarborJson.TypeInfo<ImmutableRuleDto>())! with { Id = id, Disabled = disabled };

    /// <summary>The part of a kept definition that decides: the first selector of each kind, as in Harbor.</summary>
    public static ImmutabilityRule Read(string json)
    {
        var rule = Show(0, false, json);
        return new ImmutabilityRule(Selector(rule.ScopeSelectors![Repository][0]), Selector(rule.TagSelectors![0]));
    }

    private static string Word(string? given, string standard, string field) =>
        string.IsNullOrEmpty(given) ? standard
        : given.Length <= MaxWord ? given
        : throw ImmutabilityErrors.Invalid($"{field} has more than {MaxWord} characters");

    private static IReadOnlyList<ImmutableSelectorDto>? OnlyRepository(IReadOnlyDictionary<string, IReadOnlyList<ImmutableSelectorDto>>? scopes) =>
        scopes?.Keys.FirstOrDefault(key => key != Repository) is { } unknown
            ? throw ImmutabilityErrors.Invalid($"scope_selectors takes {Repository} alone, not {unknown}")
            : scopes?.GetValueOrDefault(Repository);

    private static ImmutableSelectorDto[] Selectors(IReadOnlyList<ImmutableSelectorDto>? given, string field, string matches, string excludes)
    {
        if (given is null or { Count: 0 } or { Count: > MaxSelectors })
        {
            throw ImmutabilityErrors.Invalid($"{field} needs 1 to {MaxSelectors} selectors");
        }

        return [.. given.Select(selector => Checked(selector, field, matches, excludes))];
    }

    private static ImmutableSelectorDto Checked(ImmutableSelectorDto? selector, string field, string matches, string excludes)
    {
        if (selector is not { Kind: Kind })
        {
            throw ImmutabilityErrors.Invalid($"the kind of {field} must be {Kind}");
        }

        if (selector.Decoration != matches && selector.Decoration != excludes)
        {
            throw ImmutabilityErrors.Invalid($"the decoration of {field} must be {matches} or {excludes}");
        }

        if (selector.Pattern is not { Length: > 0 and <= MaxPattern } pattern)
        {
            throw ImmutabilityErrors.Invalid($"the pattern of {field} needs 1 to {MaxPattern} characters");
        }

        return Glob.TryParse(pattern, out _)
            ? new ImmutableSelectorDto { Kind = Kind, Decoration = selector.Decoration, Pattern = pattern }
            : throw ImmutabilityErrors.Invalid($"the pattern of {field} is malformed, or its alternatives are too many");
    }

    private static Selector Selector(ImmutableSelectorDto selector) => new(
        Glob.TryParse(selector.Pattern!, out var glob) ? glob : throw new InvalidOperationException("A stored rule has a malformed pattern."),
        Excludes: selector.Decoration!.EndsWith("xcludes", StringComparison.Ordinal));
}
