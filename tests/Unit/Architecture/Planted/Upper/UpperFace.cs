using Harbor.Unit.Architecture.Planted.Lower;

namespace Harbor.Unit.Architecture.Planted.Upper;

public sealed class UpperFace
{
    public static int Answer => LowerFace.Answer + 1;
}

public sealed class UpperFaceException : Exception;

[AttributeUsage(AttributeTargets.Class)]
public sealed class UpperMarkAttribute(Type type) : Attribute
{
    public Type Type { get; } = type;
}
