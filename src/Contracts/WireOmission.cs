using System.Collections;
using System.Text.Json.Serialization.Metadata;

namespace Harbor.Contracts;

/// <summary>Written even when it is "", 0, false or an empty map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AlwaysPresentAttribute : Attribute;

/// <summary>A text that is written whenever it is set, the empty one too; left out only when null.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PresentWhenSetAttribute : Attribute;

/// <summary>An array that is left out when it has no element.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OmitWhenEmptyAttribute : Attribute;

/// <summary>Which properties a response leaves out. Clients tell "absent" from "null" and "[]", so the rule stands here once.</summary>
/// <remarks>
/// "", 0, false and empty maps are left out unless marked; nullable values only when null; arrays and times never, so that an array
/// is null where the server has none, and a time that never was is the year 1.
/// </remarks>
internal static class WireOmission
{
    public static void Apply(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            property.ShouldSerialize = Rule(property);
        }
    }

    private static Func<object, object?, bool>? Rule(JsonPropertyInfo property)
    {
        var type = property.PropertyType;
        return type switch
        {
            _ when Has<AlwaysPresentAttribute>(property) || type == typeof(DateTimeOffset) => null,
            _ when type == typeof(string) && !Has<PresentWhenSetAttribute>(property) => (_, value) => value is string { Length: > 0 },
            _ when IsMap(type) => (_, value) => value is not null && ((IEnumerable)value).GetEnumerator().MoveNext(),
            _ when IsArray(type) => Has<OmitWhenEmptyAttribute>(property) ? (_, value) => value is IEnumerable items && items.GetEnumerator().MoveNext() : null,
            { IsValueType: true } when Nullable.GetUnderlyingType(type) is null => NotDefault(type),
            _ => (_, value) => value is not null,
        };
    }

    private static Func<object, object?, bool> NotDefault(Type type)
    {
        var zero = Activator.CreateInstance(type);
        return (_, value) => !Equals(value, zero);
    }

    private static bool IsArray(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);

    private static bool IsMap(Type type) =>
        type.GetInterfaces().Append(type).Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>));

    private static bool Has<T>(JsonPropertyInfo property)
        where T : Attribute => property.AttributeProvider?.IsDefined(typeof(T), inherit: true) == true;
}
