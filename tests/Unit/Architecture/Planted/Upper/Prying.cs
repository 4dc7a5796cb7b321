using Harbor.Unit.Architecture.Planted.Lower;

namespace Harbor.Unit.Architecture.Planted.Upper;

/// <summary>Violation: a type of another module that is not its face.</summary>
internal static class Prying
{
    public static int Answer => LowerSecret.Answer;
}
