using System.Text;
using System.Text.Json.Nodes;
using Harbor.Oci;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Harbor.Modules.Artifacts.Additions;

/// <summary>Reads YAML that strangers wrote: maps, lists and texts. Nothing else of YAML is needed, and most of the rest is dangerous.</summary>
/// <remarks>An alias reads as nothing, for a few of them unfold to gigabytes. Tags are passed over. Nothing recurses beyond a bound.</remarks>
internal static class PlainYaml
{
    public const int MaxBytes = 256 << 10;
    public const int MaxDepth = 32;

    /// <summary>The first document; null when there is none, or nothing in it.</summary>
    /// <param name="name">What to call the file in a refusal.</param>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: not YAML, or too deep; <c>REQUEST_ENTITY_TOO_LARGE</c>.</exception>
    public static JsonNode? Read(byte[] yaml, string name)
    {
        if (yaml.Length > MaxBytes)
        {
            throw AdditionErrors.TooLarge(name, MaxBytes);
        }

        try
        {
            using var text = new StreamReader(new MemoryStream(yaml), Encoding.UTF8);
            var parser = new Parser(text);
            parser.Consume<StreamStart>();
            return parser.TryConsume<DocumentStart>(out _) ? Value(parser, 0, name) : null;
        }
        catch (YamlException e)
        {
            throw AdditionErrors.Malformed(name, e);
        }
    }

    private static JsonNode? Value(Parser parser, int depth, string name)
    {
        if (depth > MaxDepth)
        {
            throw AdditionErrors.Malformed(name);
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return scalar.IsKey || scalar.Style != ScalarStyle.Plain || scalar.Value is not ("" or "~" or "null") ? JsonValue.Create(scalar.Value) : null;
        }

        if (parser.TryConsume<AnchorAlias>(out _))
        {
            return null;
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                list.Add(Value(parser, depth + 1, name));
            }

            return list;
        }

        parser.Consume<MappingStart>();
        var map = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Value(parser, depth + 1, name) is JsonValue text ? text.GetValue<string>() : string.Empty;
            map[key] = Value(parser, depth + 1, name);
        }

        return map;
    }
}
