using System.Security.Cryptography;
using System.Text;

namespace Harbor.Load.Registry;

/// <summary>Makes payloads of one size. Thread-safe.</summary>
/// <remarks>What makes a payload unique stands at its end: the state of the hash over everything before is kept, so a new digest costs
/// one block of SHA-256 instead of the whole length, which would be taken from the server's share of the machine.</remarks>
internal sealed class PayloadSource : IDisposable
{
    private const int TailLength = 32;

    private readonly Lock gate = new();
    private readonly long commonLength;
    private readonly IncrementalHash common = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public PayloadSource(long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, TailLength);
        commonLength = size - TailLength;
        Payload.SendCommon(commonLength, common.AppendData);
    }

    /// <summary>One that was never pushed before.</summary>
    public Payload Next() => With(RandomNumberGenerator.GetBytes(TailLength));

    /// <summary>Always the same one for a name.</summary>
    public Payload Named(string name) => With(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    public void Dispose() => common.Dispose();

    private Payload With(byte[] tail)
    {
        lock (gate)
        {
            using var hash = common.Clone();
            hash.AppendData(tail);
            return new(commonLength, tail, Digests.Text(hash.GetHashAndReset()));
        }
    }
}
