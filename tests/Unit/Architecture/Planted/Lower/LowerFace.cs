namespace Harbor.Unit.Architecture.Planted.Lower;

public static class LowerFace
{
    public static int Answer => 42;
}
