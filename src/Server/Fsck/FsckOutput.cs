using System.Globalization;
using System.Text;
using System.Text.Json;
using Harbor.Modules.Fsck;

namespace Harbor.Server.Fsck;

/// <summary>Says what a check finds, a line for each finding, and a summary in the end.</summary>
internal abstract class FsckOutput
{
    public static FsckOutput Of(TextWriter to, bool json) => json ? new JsonLines(to) : new Words(to);

    public abstract Task WriteAsync(Finding finding);

    public abstract Task WriteAsync(FsckTally tally);

    /// <summary>Where a check is.</summary>
    public static string Progress(FsckTally tally) => string.Create(
        CultureInfo.InvariantCulture,
        $"fsck: {tally.Phase}; {tally.Blobs} of {tally.BlobsExpected} blobs, {tally.Manifests} manifests, {tally.Files} files, {tally.BytesRead} bytes read, {tally.Open} findings");

    /// <summary>The word for a kind or an outcome, such as <c>wrong-size</c>.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private sealed class Words(TextWriter to) : FsckOutput
    {
        public override Task WriteAsync(Finding finding)
        {
            var line = new StringBuilder(Word(finding.Kind));
            foreach (var part in (string?[])[finding.Digest, finding.Location])
            {
                line.Append(part is null ? "" : $" {part}");
            }

            line.Append(CultureInfo.InvariantCulture, $"{(finding.SizeBytes is { } size ? $" ({size} bytes)" : "")}: {finding.Detail}");
            line.Append(finding.Repositories.Count > 0 ? $"; in {string.Join(", ", finding.Repositories)}" : "");
            line.Append(finding.Outcome == FindingOutcome.Remains ? "" : $" -> {Word(finding.Outcome)}");
            return to.WriteLineAsync(line.ToString());
        }

        public override async Task WriteAsync(FsckTally tally)
        {
            var seen = string.Create(CultureInfo.InvariantCulture,
                $"{tally.Blobs} blobs of {tally.BlobBytes} bytes, {tally.Manifests} manifests and {tally.Files} files compared; {tally.BytesRead} bytes read; {tally.Waiting} locations wait to be erased.");
            await to.WriteLineAsync(seen);
            foreach (var (kind, outcome, count, bytes) in tally.Findings)
            {
                await to.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {Word(kind)}, {Word(outcome)}: {count} ({bytes} bytes)"));
            }

            await to.WriteLineAsync(tally.Open == 0 ? "Clean." : string.Create(CultureInfo.InvariantCulture, $"Findings that remain: {tally.Open}."));
        }
    }

    private sealed class JsonLines(TextWriter to) : FsckOutput
    {
        public override Task WriteAsync(Finding finding) => WriteAsync(json =>
        {
            json.WriteString("kind", Word(finding.Kind));
            json.WriteString("outcome", Word(finding.Outcome));
            json.WriteString("digest", finding.Digest);
            json.WriteString("location", finding.Location);
            if (finding.SizeBytes is { } size)
            {
                json.WriteNumber("size", size);
            }

            json.WriteStartArray("repositories");
            foreach (var repository in finding.Repositories)
            {
                json.WriteStringValue(repository);
            }

            json.WriteEndArray();
            json.WriteString("detail", finding.Detail);
        });

        public override Task WriteAsync(FsckTally tally) => WriteAsync(json =>
        {
            json.WriteString("kind", "summary");
            json.WriteNumber("blobs", tally.Blobs);
            json.WriteNumber("blob_bytes", tally.BlobBytes);
            json.WriteNumber("manifests", tally.Manifests);
            json.WriteNumber("files", tally.Files);
            json.WriteNumber("bytes_read", tally.BytesRead);
            json.WriteNumber("waiting_to_be_erased", tally.Waiting);
            json.WriteNumber("remaining", tally.Open);
            json.WriteStartArray("findings");
            foreach (var (kind, outcome, count, bytes) in tally.Findings)
            {
                json.WriteStartObject();
                json.WriteString("kind", Word(kind));
                json.WriteString("outcome", Word(outcome));
                json.WriteNumber("count", count);
                json.WriteNumber("bytes", bytes);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

        private Task WriteAsync(Action<Utf8JsonWriter> members)
        {
            using var bytes = new MemoryStream();
            using (var json = new Utf8JsonWriter(bytes))
            {
                json.WriteStartObject();
                members(json);
                json.WriteEndObject();
            }

            return to.WriteLineAsync(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
        }
    }
}
