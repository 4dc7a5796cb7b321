using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Harbor.Platform.Data;

namespace Harbor.Server;

/// <summary>The certificate that Kestrel's settings name, read again when its files change, while running uploads go on.</summary>
/// <remarks>
/// Kestrel's own reload would close the connections of the endpoint. The files' content is compared, not their times: Kubernetes
/// replaces a secret by turning a link further up. A pair that does not fit is a renewal half way: the old one stays.
/// </remarks>
internal sealed class ServerCertificate
{
    public const string Section = "Kestrel:Certificates:Default";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly string path;
    private readonly string? keyPath;
    private readonly string? password;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private SslStreamCertificateContext context;
    private string seen;
    private long lookedAt;

    private ServerCertificate(string path, string? keyPath, string? password, TimeProvider clock, ILogger logger)
    {
        (this.path, this.keyPath, this.password, this.clock, this.logger) = (path, keyPath, password, clock, logger);
        lookedAt = clock.GetTimestamp();
        seen = Fingerprint();
        context = Load();
    }

    /// <param name="settings"><c>Path</c>, <c>KeyPath</c> for PEM, <c>Password</c> for PFX or an encrypted key.</param>
    /// <exception cref="StartupException">None is set, or it cannot be read.</exception>
    public static ServerCertificate Read(IConfiguration settings, TimeProvider clock, ILogger logger)
    {
        if (settings["Path"] is not { Length: > 0 } path)
        {
            throw new StartupException("An https address needs a certificate: set Kestrel__Certificates__Default__Path and, for PEM, Kestrel__Certificates__Default__KeyPath.");
        }

        try
        {
            return new ServerCertificate(path, settings["KeyPath"], settings["Password"], clock, logger);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new StartupException($"The certificate {path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>What the next handshake shows.</summary>
    public SslStreamCertificateContext Current()
    {
        lock (gate)
        {
            if (clock.GetElapsedTime(lookedAt) >= LookEvery)
            {
                lookedAt = clock.GetTimestamp();
                LookAgain();
            }

            return context;
        }
    }

    private void LookAgain()
    {
        try
        {
            var now = Fingerprint();
            if (now != seen)
            {
                seen = now;
                context = Load();
                Log.CertificateReloaded(logger, path, context.TargetCertificate.NotAfter);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            Log.CertificateUnusable(logger, path, e.Message);
        }
    }

    private string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(File.ReadAllBytes(path));
        if (keyPath is not null)
        {
            hash.AppendData(File.ReadAllBytes(keyPath));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private SslStreamCertificateContext Load()
    {
        X509Certificate2Collection all = [];
        X509Certificate2 own;
        if (keyPath is null)
        {
            all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
            own = all.First(certificate => certificate.HasPrivateKey);
        }
        else
        {
            all.ImportFromPemFile(path);
            own = password is null ? X509Certificate2.CreateFromPemFile(path, keyPath) : X509Certificate2.CreateFromEncryptedPemFile(path, password, keyPath);
        }

        // The issuers in the file are sent along: clients know the root alone.
        return SslStreamCertificateContext.Create(own, all, offline: true);
    }
}
