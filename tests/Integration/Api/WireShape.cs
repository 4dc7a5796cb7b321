using Harbor.Contracts;

namespace Harbor.Integration.Api;

/// <summary>What a contract type is on the wire: <c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>time</c>, <c>object</c>, <c>list</c>, <c>map</c> or <c>model</c>.</summary>
/// <param name="Element">Of a list or a map.</param>
internal sealed record WireShape(string Kind, Type? Element = null)
{
    public static WireShape Of(Type given)
    {
        var type = Nullable.GetUnderlyingType(given) ?? given;
        return type switch
        {
            _ when type == typeof(string) => new("string"),
            _ when type == typeof(bool) => new("boolean"),
            _ when type == typeof(int) || type == typeof(long) || type == typeof(ulong) => new("integer"),
            _ when type == typeof(double) || type == typeof(float) || type == typeof(decimal) => new("number"),
            _ when type == typeof(DateTimeOffset) => new("time"),
            _ when type == typeof(RawJson) => new("object"),
            _ when Argument(type, typeof(IReadOnlyDictionary<,>)) is { } value => new("map", value),
            _ when Argument(type, typeof(IEnumerable<>)) is { } item => new("list", item),
            _ => new("model"),
        };
    }

    private static Type? Argument(Type type, Type face) =>
        type.GetInterfaces().Append(type).FirstOrDefault(each => each.IsGenericType && each.GetGenericTypeDefinition() == face)?.GetGenericArguments()[^1];
}
