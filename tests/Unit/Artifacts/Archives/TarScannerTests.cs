using System.Formats.Tar;
using System.Text;
using Harbor.Modules.Artifacts.Archives;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Artifacts.Archives;

/// <summary>Archives that others packed, the honest and the hostile.</summary>
public sealed class TarScannerTests
{
    private const int Block = 512;

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public async Task Files_are_read_in_order_whatever_wrote_them(TarEntryFormat format)
    {
        var tar = Pack(format, ("web/Chart.yaml", "name: web"), ("web/empty", ""), ("web/long.txt", new string('x', 2000)));

        Assert.Equal([("web/Chart.yaml", "name: web"), ("web/empty", ""), ("web/long.txt", new string('x', 2000))], await ReadAsync(tar));
    }

    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public async Task A_long_name_is_whole(TarEntryFormat format)
    {
        var name = string.Join('/', Enumerable.Repeat("folder", 60)) + "/é.txt";

        Assert.Equal([(name, "content")], await ReadAsync(Pack(format, (name, "content"))));
    }

    [Fact]
    public async Task What_nobody_asks_for_is_passed_over()
    {
        var scanner = new TarScanner(new MemoryStream(Pack(TarEntryFormat.Pax, ("a", new string('x', 100_000)), ("b", "y"))));
        await scanner.NextAsync(CancellationToken.None);

        Assert.Equal("b", (await scanner.NextAsync(CancellationToken.None))!.Name);
        Assert.Equal("y"u8.ToArray(), await scanner.ReadAsync(10, CancellationToken.None));
        Assert.Null(await scanner.NextAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_file_above_the_bound_is_refused_before_it_is_read() =>
        Assert.Equal(ErrorCode.RequestEntityTooLarge, await RefusalAsync(Pack(TarEntryFormat.Pax, ("a", new string('x', 2000))), maxBytes: 1999));

    [Theory]
    [InlineData('x')]
    [InlineData('L')]
    public async Task A_header_that_announces_two_gigabytes_takes_no_memory_for_them(char kind)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(ErrorCode.RequestEntityTooLarge, await RefusalAsync(Header("a", kind, "17777777777")));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task A_file_that_announces_more_than_there_is_is_damaged() =>
        Assert.Equal(ErrorCode.BadRequest, await RefusalAsync([.. Header("a", '0', "00000000100"), 1, 2, 3]));

    [Theory]
    [InlineData("zzz")]
    [InlineData("-1")]
    [InlineData("0x10")]
    public async Task A_size_that_is_no_number_is_damaged(string size) => Assert.Equal(ErrorCode.BadRequest, await RefusalAsync(Header("a", '0', size)));

    [Theory]
    [InlineData(0x80, 0x7F)]
    [InlineData(0x80, 0xFF)]
    [InlineData(0xFF, 0xFF)]
    public async Task A_size_beyond_all_numbers_is_damaged(int first, int fill)
    {
        var header = Header("a", '0', "0");
        header.AsSpan(124, 12).Fill(0xFF);
        (header[124], header[128]) = ((byte)first, (byte)fill);
        for (var at = 125; at < 128; at++)
        {
            header[at] = first == 0x80 ? (byte)0 : (byte)0xFF;
        }

        Assert.Equal(ErrorCode.BadRequest, await RefusalAsync(Sealed(header)));
    }

    [Fact]
    public async Task Endless_entries_come_to_an_end()
    {
        var one = Header("a", '0', "0");
        var many = new byte[(TarScanner.MaxEntries + 1) * Block];
        for (var at = 0; at < many.Length; at += Block)
        {
            one.CopyTo(many, at);
        }

        Assert.Equal(ErrorCode.RequestEntityTooLarge, await RefusalAsync(many));
    }

    [Theory]
    [InlineData("99999999999999 path=x\n")]
    [InlineData("5 path")]
    [InlineData("0 ")]
    [InlineData("-5 path=x\n")]
    [InlineData("nonsense")]
    [InlineData("20 size=99999999999999999999\n")]
    public async Task A_damaged_extended_header_is_refused(string records)
    {
        byte[] tar = [.. Header("a", 'x', Convert.ToString(records.Length, 8)), .. Padded(records), .. Header("a", '0', "0")];

        Assert.Equal(ErrorCode.BadRequest, await RefusalAsync(tar));
    }

    [Fact]
    public async Task A_sparse_file_is_not_unfolded() => Assert.Equal(ErrorCode.BadRequest, await RefusalAsync(Header("a", 'S', "0")));

    [Fact]
    public async Task Links_and_folders_have_no_bytes_whatever_they_say()
    {
        byte[] tar = [.. Header("link", '2', "00000001000"), .. Header("folder/", '5', "00000001000"), .. Header("file", '0', "0"), .. new byte[2 * Block]];

        Assert.Equal([("file", "")], await ReadAsync(tar));
    }

    [Fact]
    public async Task Any_damage_is_refused_or_read_and_never_breaks_anything()
    {
        var tar = Pack(TarEntryFormat.Pax, (new string('n', 200), "one"), ("two", new string('2', 700)));
#pragma warning disable CA5394 // Repeatable, not secret.
        var random = new Random(17);
        for (var round = 0; round < 3000; round++)
        {
            var damaged = tar[..random.Next(tar.Length)].ToArray();
            for (var times = random.Next(4); times > 0 && damaged.Length > 0; times--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }
#pragma warning restore CA5394

            try
            {
                await ReadAsync(damaged);
            }
            catch (RegistryException e) when (e.Code == ErrorCode.BadRequest || e.Code == ErrorCode.RequestEntityTooLarge)
            {
                // Refused: that is an answer.
            }
        }
    }

    internal static byte[] Pack(TarEntryFormat format, params (string Name, string Content)[] files)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, format, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                var type = format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
                System.Formats.Tar.TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(type, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(type, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(type, name),
                    _ => new PaxTarEntry(type, name),
                };
                entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
                writer.WriteEntry(entry);
            }
        }

        return tar.ToArray();
    }

    private static byte[] Header(string name, char kind, string size)
    {
        var header = new byte[Block];
        Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
        Encoding.ASCII.GetBytes(size).CopyTo(header, 124);
        header[156] = (byte)kind;
        "ustar\0"u8.CopyTo(header.AsSpan(257));
        return Sealed(header);
    }

    private static byte[] Sealed(byte[] header)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = header.Sum(value => value);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        return header;
    }

    private static byte[] Padded(string text)
    {
        var padded = new byte[(text.Length + Block - 1) / Block * Block];
        Encoding.ASCII.GetBytes(text).CopyTo(padded, 0);
        return padded;
    }

    private static async Task<List<(string Name, string Content)>> ReadAsync(byte[] tar, int maxBytes = 1 << 20)
    {
        var scanner = new TarScanner(new MemoryStream(tar));
        var files = new List<(string, string)>();
        while (await scanner.NextAsync(CancellationToken.None) is { } entry)
        {
            if (entry.IsFile)
            {
                files.Add((entry.Name, Encoding.UTF8.GetString(await scanner.ReadAsync(maxBytes, CancellationToken.None))));
            }
        }

        return files;
    }

    private static async Task<ErrorCode> RefusalAsync(byte[] tar, int maxBytes = 1 << 20) =>
        (await Assert.ThrowsAsync<RegistryException>(() => ReadAsync(tar, maxBytes))).Code;
}
