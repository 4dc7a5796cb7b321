using System.Text;

namespace Harbor.Unit.Architecture;

/// <summary>Draws a <see cref="ModuleMap"/> as Mermaid, inside a document.</summary>
internal static class ModuleDiagram
{
    public const string Begin = "<!-- module map: begin (drawn by the unit tests, UPDATE_DOCS=1 redraws it) -->";
    public const string End = "<!-- module map: end -->";

    /// <summary>The diagram. An arrow is left out where a longer way leads to the same place: the table stays the only full list.</summary>
    public static string Draw(ModuleMap map)
    {
        var text = new StringBuilder("```mermaid\nflowchart TD\n");
        foreach (var (from, targets) in map.Edges.OrderBy(edge => edge.Key, StringComparer.Ordinal))
        {
            foreach (var to in targets.Order(StringComparer.Ordinal).Where(to => !targets.Any(via => via != to && Reaches(map, via, to))))
            {
                text.Append("    ").Append(from).Append(" --> ").Append(to).Append('\n');
            }
        }

        return text.Append("```\n").ToString();
    }

    /// <summary>The document with the text between its two markers replaced by the diagram.</summary>
    public static string Insert(string document, string diagram)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal);
        var end = document.IndexOf(End, StringComparison.Ordinal);
        return begin < 0 || end < begin
            ? throw new InvalidOperationException($"The document needs the lines {Begin} and {End}.")
            : $"{document[..begin]}{Begin}\n{diagram}{document[end..]}";
    }

    private static bool Reaches(ModuleMap map, string from, string to) =>
        map.Edges[from].Any(next => next == to || Reaches(map, next, to));
}
