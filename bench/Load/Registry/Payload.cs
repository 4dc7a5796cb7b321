using Harbor.Load.Http;

namespace Harbor.Load.Registry;

/// <summary>A blob to push: <paramref name="commonLength"/> bytes that every payload of that size shares, then its own tail.</summary>
internal sealed class Payload(long commonLength, byte[] tail, string digest) : IContent
{
    private const int PieceLength = 1024 * 1024;

    // Random, so that nothing on the way can compress it; always the same, so that seeding twice stores once.
    private static readonly byte[] Block = MakeBlock(4 * PieceLength);

    public string Digest { get; } = digest;

    public long Length => commonLength + tail.Length;

    public static Payload Of(byte[] content) => new(0, content, Digests.Sha256(content));

    public static void SendCommon(long length, BodySink send)
    {
        for (long sent = 0; sent < length;)
        {
            var at = (int)(sent % Block.Length);
            var piece = (int)Math.Min(length - sent, PieceLength);
            send(Block.AsSpan(at, piece));
            sent += piece;
        }
    }

    public void SendTo(BodySink send)
    {
        SendCommon(commonLength, send);
        send(tail);
    }

    private static byte[] MakeBlock(int length)
    {
        var block = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        new Random(length).NextBytes(block);
        return block;
    }
}
