using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Harbor.Conformance.Clients;

/// <summary>Bytes that can be made again and nowhere repeat: a random block, marked anew each time. Hashed when they are read to the end.</summary>
internal sealed class PatternStream(long length) : Stream
{
    private const int BlockBytes = 1 << 20;

    private static readonly byte[] Random = RandomNumberGenerator.GetBytes(BlockBytes);

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] block = [.. Random];
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    /// <summary>SHA-256 of all bytes, once they were all read; outlives the stream, which its reader may dispose.</summary>
    public byte[]? Hash { get; private set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var within = (int)(position % BlockBytes);
        BinaryPrimitives.WriteInt64LittleEndian(block, position - within);
        var count = (int)Math.Min(Math.Min(buffer.Length, BlockBytes - within), length - position);
        block.AsSpan(within, count).CopyTo(buffer);
        hash.AppendData(buffer[..count]);
        position += count;
        if (position == length)
        {
            Hash ??= hash.GetCurrentHash();
        }

        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        hash.Dispose();
        base.Dispose(disposing);
    }
}
