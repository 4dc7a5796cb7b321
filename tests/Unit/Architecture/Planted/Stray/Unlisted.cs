using Harbor.Unit.Architecture.Planted.Lower;

namespace Harbor.Unit.Architecture.Planted.Stray;

/// <summary>Violation: a module that the map does not name.</summary>
internal static class Unlisted
{
    public static int Answer => LowerFace.Answer;
}
