using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization.Metadata;

namespace Harbor.Platform.Http.Binding;

/// <summary>Checks what a contract type says of its texts: <see cref="RequiredAttribute"/> and <see cref="MaxLengthAttribute"/>.</summary>
internal static class BodyRules
{
    public static void Check<T>(T body, JsonTypeInfo<T> type, RequestProblems problems)
        where T : class
    {
        foreach (var property in type.Properties)
        {
            if (property.PropertyType != typeof(string) || property.AttributeProvider is not { } attributes)
            {
                continue;
            }

            var text = (string?)property.Get?.Invoke(body);
            if (text is null && attributes.IsDefined(typeof(RequiredAttribute), inherit: true))
            {
                problems.Missing(property.Name, "body");
            }

            if (attributes.GetCustomAttributes(typeof(MaxLengthAttribute), inherit: true) is [MaxLengthAttribute { Length: var maximum }, ..]
                && text?.EnumerateRunes().Count() > maximum)
            {
                problems.TooLong(property.Name, "body", maximum);
            }
        }
    }
}
