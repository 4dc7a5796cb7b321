using System.IO.Compression;

namespace Harbor.Modules.Artifacts.Archives;

/// <summary>Gzip unpacked as it is read, with an end to what a small file may unfold to.</summary>
/// <remarks>Owns <paramref name="packed"/>, which must tell its position.</remarks>
internal sealed class InflatedStream(Stream packed) : ForwardStream
{
    /// <summary>Most bytes that come out.</summary>
    public const long MaxBytes = 64 << 20;

    /// <summary>Most bytes that come out for one that goes in: text shrinks to a tenth, a bomb to a thousandth.</summary>
    public const long MaxRatio = 200;

    // A short file of zeros is no bomb.
    private const long AlwaysAllowed = 1 << 20;

    private readonly GZipStream inflater = new(packed, CompressionMode.Decompress);
    private long position;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: not gzip; <c>REQUEST_ENTITY_TOO_LARGE</c>: it unfolds to more than is allowed.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await inflater.ReadAsync(buffer, cancellationToken);
            position += count;
            return position > MaxBytes ? throw ArchiveErrors.TooLarge($"it unpacks to more than {MaxBytes >> 20} MiB")
                : position > AlwaysAllowed && position / MaxRatio > packed.Position ? throw ArchiveErrors.TooLarge($"it unpacks to more than {MaxRatio} times its size")
                : count;
        }
        catch (InvalidDataException e)
        {
            throw ArchiveErrors.Malformed("it is not gzip, or damaged", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inflater.Dispose();
        }

        base.Dispose(disposing);
    }
}
