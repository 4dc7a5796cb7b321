namespace Harbor.Unit.Architecture.Planted.Lower;

internal static class LowerSecret
{
    public static int Answer => 43;
}
