using System.Globalization;
using System.Text;

namespace Harbor.Modules.Audit.Forwarding;

/// <summary>Words of a syslog line as Harbor's own sends it: the BSD shape with an RFC 3339 time, one record a line.</summary>
internal static class SyslogMessage
{
    private const string Info = "<6>";

    /// <summary>What a record says, but for its time. Control characters are spelled out: no value can begin a line of its own.</summary>
    public static string Text(AuditRecord record)
    {
        var text = new StringBuilder("operator=\"");
        AppendSafely(text, record.Username);
        text.Append("\" resourceType=\"");
        AppendSafely(text, record.ResourceType);
        text.Append("\" action:");
        AppendSafely(text, record.Operation);
        text.Append(", resource:");
        AppendSafely(text, record.Resource);
        text.Append(", operation_description:");
        AppendSafely(text, record.Description);
        return text.Append(", operation_result:").Append(record.Succeeded ? "true" : "false").ToString();
    }

    /// <summary>The whole line.</summary>
    /// <param name="host">Name of this machine.</param>
    public static string Line(DateTimeOffset at, string host, int processId, string text) => string.Create(
        CultureInfo.InvariantCulture, $"{Info}{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} {host} audit[{processId}]: time=\"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\" {text}\n");

    private static void AppendSafely(StringBuilder line, string value)
    {
        foreach (var character in value)
        {
            // Line and paragraph separators, too: some collectors take them for ends of lines.
            if (char.IsControl(character) || character is '\u2028' or '\u2029')
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                line.Append(character is '"' or '\\' ? "\\" : string.Empty).Append(character);
            }
        }
    }
}
