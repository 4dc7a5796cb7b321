using System.Text.Encodings.Web;
using System.Text.Json;

namespace Harbor.Server;

/// <summary>Logs on standard output: JSON for collectors, one readable line for a terminal.</summary>
internal static class Logging
{
    /// <summary>Levels unless configuration (<c>appsettings.json</c>, <c>Logging__LogLevel__…</c>) says otherwise.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Defaults = new Dictionary<string, string?>
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        // What a start fails of is told in one line, not with a stack.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
        ["Logging:LogLevel:Npgsql"] = "Warning",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
    };

    public static void AddConsoleOf(this ILoggingBuilder logging, bool terminal)
    {
        logging.ClearProviders();
        if (terminal)
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
            });
        }
        else
        {
            logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

                // Read by people too; nothing renders it as HTML.
                console.JsonWriterOptions = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            });
        }
    }
}
