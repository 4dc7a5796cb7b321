using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Harbor.Modules.Artifacts.Archives;

/// <summary>Goes through a tar archive from the first entry to the last, and holds no more of it than what is asked for.</summary>
/// <remarks>
/// Not System.Formats.Tar: that takes the length of a pax or long-name header at the archive's word and allocates it, up to 2 GB, before a
/// byte of it was read. Sources: POSIX.1-2001 pax interchange format; GNU tar manual, "Basic Tar Format".
/// </remarks>
internal sealed class TarScanner(Stream stream)
{
    public const int MaxEntries = 10_000;

    /// <summary>Longest name of an entry, in bytes; headers that spell out a longer one are passed over.</summary>
    public const int MaxNameBytes = 4096;

    private const int Block = 512;
    private const int MaxExtensionBytes = 64 << 10;

    private readonly byte[] block = new byte[Block];
    private readonly byte[] passed = new byte[16 << 10];
    private long unread;     // of the current entry
    private long padding;    // after it, to the next full block
    private int entries;

    /// <summary>The next entry; null after the last.</summary>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: not tar; <c>REQUEST_ENTITY_TOO_LARGE</c>: more entries than anybody packs.</exception>
    public async ValueTask<TarEntry?> NextAsync(CancellationToken ct)
    {
        var (longName, size) = ((string?)null, (long?)null);
        while (true)
        {
            await PassAsync(unread + padding, ct);
            (unread, padding) = (0, 0);
            if (!await TryReadBlockAsync(ct) || !block.AsSpan().ContainsAnyExcept((byte)0))
            {
                return null;
            }

            CheckSum();
            if (++entries > MaxEntries)
            {
                throw ArchiveErrors.TooLarge($"it has more than {MaxEntries} entries");
            }

            var kind = (char)block[156];
            SetLength(Number(block.AsSpan(124, 12)));
            switch (kind)
            {
                case 'x':
                    (longName, size) = Extended(await ReadExtensionAsync(ct), longName, size);
                    break;
                case 'L':
                    longName = Text(await ReadExtensionAsync(ct));
                    break;
                case 'g' or 'K':
                    break;
                case 'S':
                    throw ArchiveErrors.Malformed("it has a sparse file");
                default:
                    var name = longName ?? ShortName();
                    SetLength(kind is >= '1' and <= '6' ? 0 : size ?? unread);   // links and directories have no bytes, whatever they say
                    return new TarEntry(name, unread, kind is '0' or '7' or '\0' && !name.EndsWith('/'));
            }
        }
    }

    /// <summary>The bytes of the entry that <see cref="NextAsync"/> has just given.</summary>
    /// <exception cref="Oci.RegistryException"><c>REQUEST_ENTITY_TOO_LARGE</c>: more than <paramref name="maxBytes"/>; <c>BAD_REQUEST</c>: they end too soon.</exception>
    public async ValueTask<byte[]> ReadAsync(int maxBytes, CancellationToken ct)
    {
        if (unread > maxBytes)
        {
            throw ArchiveErrors.TooLarge($"a file in it has more than {maxBytes >> 10} KiB");
        }

        // Grows with what is there, not with what is announced.
        using var content = new MemoryStream();
        while (unread > 0)
        {
            var count = await stream.ReadAsync(passed.AsMemory(0, (int)Math.Min(passed.Length, unread)), ct);
            if (count == 0)
            {
                throw ArchiveErrors.Malformed("it ends too soon");
            }

            content.Write(passed, 0, count);
            unread -= count;
        }

        return content.ToArray();
    }

    private void SetLength(long size)
    {
        // A length near the top of the range would overflow when it is rounded up to blocks.
        if (size is < 0 or > long.MaxValue - Block)
        {
            throw ArchiveErrors.Malformed("an entry has an impossible size");
        }

        (unread, padding) = (size, (Block - (size % Block)) % Block);
    }

    private ValueTask<byte[]> ReadExtensionAsync(CancellationToken ct) => ReadAsync(MaxExtensionBytes, ct);

    private async ValueTask PassAsync(long bytes, CancellationToken ct)
    {
        while (bytes > 0)
        {
            var count = await stream.ReadAsync(passed.AsMemory(0, (int)Math.Min(passed.Length, bytes)), ct);
            if (count == 0)
            {
                throw ArchiveErrors.Malformed("it ends too soon");
            }

            bytes -= count;
        }
    }

    private async ValueTask<bool> TryReadBlockAsync(CancellationToken ct)
    {
        var count = await stream.ReadAtLeastAsync(block, Block, throwOnEndOfStream: false, ct);
        return count == Block || (count == 0 ? false : throw ArchiveErrors.Malformed("it ends too soon"));
    }

    private void CheckSum()
    {
        var sum = 8 * ' ';
        for (var at = 0; at < Block; at++)
        {
            sum += at is >= 148 and < 156 ? 0 : block[at];
        }

        if (Number(block.AsSpan(148, 8)) != sum)
        {
            throw ArchiveErrors.Malformed("it is not tar, or damaged");
        }
    }

    // Octal digits; or, with the first bit set, big-endian bytes.
    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            return field[0] == 0x80 && !field[1..^8].ContainsAnyExcept((byte)0) ? BinaryPrimitives.ReadInt64BigEndian(field[^8..]) : -1;
        }

        var number = 0L;
        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return -1;
            }

            number = (number << 3) | (long)(digit - '0');
        }

        return number;
    }

    private string ShortName()
    {
        var name = Text(block.AsSpan(0, 100));
        return block.AsSpan(257, 6).SequenceEqual("ustar\0"u8) && Text(block.AsSpan(345, 155)) is { Length: > 0 } prefix ? $"{prefix}/{name}" : name;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        var text = end < 0 ? field : field[..end];
        return text.Length > MaxNameBytes ? throw ArchiveErrors.TooLarge($"an entry's name has more than {MaxNameBytes} bytes") : Encoding.UTF8.GetString(text);
    }

    // Records of "<length> <key>=<value>\n"; the length counts all of it.
    private static (string? Name, long? Size) Extended(ReadOnlySpan<byte> records, string? name, long? size)
    {
        while (!records.IsEmpty)
        {
            var space = records.IndexOf((byte)' ');
            if (space < 1 || !int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= space + 1 || length > records.Length)
            {
                throw ArchiveErrors.Malformed("an extended header is damaged");
            }

            var record = records[(space + 1)..length].TrimEnd((byte)'\n');
            if (record.StartsWith("path="u8))
            {
                name = Text(record["path=".Length..]);
            }
            else if (record.StartsWith("size="u8))
            {
                size = long.TryParse(record["size=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw ArchiveErrors.Malformed("an extended header is damaged");
            }

            records = records[length..];
        }

        return (name, size);
    }
}
