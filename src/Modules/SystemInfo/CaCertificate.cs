using Harbor.Platform.Security;
using Harbor.Platform.Settings;
using Microsoft.Extensions.Logging;

namespace Harbor.Modules.SystemInfo;

/// <summary>The authority behind the registry's certificate, which clients download to trust it. The operator's file; it may come and go.</summary>
internal sealed class CaCertificate(HarborOptions options, ILogger<CaCertificate> logger)
{
    public const string ContentType = "application/octet-stream";

    private const int MaxBytes = 1 << 20;

    /// <summary>The file's bytes; null when there is none, or when it must not be shown.</summary>
    public async Task<byte[]?> FindAsync(CancellationToken ct)
    {
        var bytes = await PemFile.FindAsync(options.CaCertificateFile, MaxBytes, ct);

        // Anybody may read it, so a key that was put beside the certificate by mistake must not leave.
        if (bytes is null || (bytes.AsSpan().IndexOf("-----BEGIN CERTIFICATE-----"u8) >= 0 && bytes.AsSpan().IndexOf("PRIVATE KEY-----"u8) < 0))
        {
            return bytes;
        }

        Log.CertificateRefused(logger, options.CaCertificateFile);
        return null;
    }
}
