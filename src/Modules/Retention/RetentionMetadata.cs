using Harbor.Contracts;

namespace Harbor.Modules.Retention;

/// <summary>What rules can be made of, for those who make them.</summary>
internal static class RetentionMetadata
{
    private const string Kind = "doublestar";

    public static RetentionMetadataDto Shown { get; } = new()
    {
        Templates = [.. RetentionTemplate.Advertised.Select(Show)],
        ScopeSelectors = [new() { DisplayText = "Repositories", Kind = Kind, Decorations = ["repoMatches", "repoExcludes"] }],
        TagSelectors = [new() { DisplayText = "Tags", Kind = Kind, Decorations = ["matches", "excludes"] }],
    };

    private static RetentionTemplateDto Show(RetentionTemplate template) => new()
    {
        RuleTemplate = template.Name,
        DisplayText = template.DisplayText,
        Action = "retain",
        Params = template.Unit == RetentionUnit.None ? [] : [new() { Type = "int", Unit = template.Unit == RetentionUnit.Days ? "DAYS" : "COUNT", Required = true }],
    };
}
