using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class TlsTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task A_certificate_that_is_replaced_is_served_without_a_restart()
    {
        Certify("first.example.com");
        await PreparedData.CopyToAsync(folder["data"]);
        await using var harbor = await HarborProcess.StartAsync(Options());
        Assert.Equal("CN=first.example.com", await ServedAsync(harbor.Url));

        Certify("second.example.com");

        await Eventually.HoldsAsync(async () => await ServedAsync(harbor.Url) == "CN=second.example.com", "the new certificate is served");
    }

    [Fact]
    public async Task A_renewal_that_is_half_written_leaves_the_old_certificate_in_use()
    {
        Certify("first.example.com");
        await PreparedData.CopyToAsync(folder["data"]);
        await using var harbor = await HarborProcess.StartAsync(Options());

        await File.WriteAllTextAsync(folder["tls.key"], "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

        await Eventually.HoldsAsync(async () =>
        {
            Assert.Equal("CN=first.example.com", await ServedAsync(harbor.Url));
            return harbor.Output.Any(line => line.Contains("the one before stays", StringComparison.Ordinal));
        }, "the change is noticed");
    }

    [Fact]
    public async Task An_https_address_without_a_certificate_is_refused()
    {
        await PreparedData.CopyToAsync(folder["data"]);

        var (exitCode, error) = await DataDirectoryTests.RefusalAsync(new HarborProcessOptions { DataDirectory = folder["data"], Urls = "https://127.0.0.1:0" });

        Assert.Equal(1, exitCode);
        Assert.Contains("set Kestrel__Certificates__Default__Path", error, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private HarborProcessOptions Options() => new()
    {
        DataDirectory = folder["data"],
        Urls = "https://127.0.0.1:0",
        Environment = new Dictionary<string, string>
        {
            ["Kestrel__Certificates__Default__Path"] = folder["tls.crt"],
            ["Kestrel__Certificates__Default__KeyPath"] = folder["tls.key"],
        },
    };

    private void Certify(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(folder["tls.key"], key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(folder["tls.crt"], certificate.ExportCertificatePem());
    }

    private static async Task<string> ServedAsync(Uri url)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port);
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate!.Subject.EndsWith(".example.com", StringComparison.Ordinal));
        await tls.AuthenticateAsClientAsync("localhost");
        return tls.RemoteCertificate!.Subject;
    }
}
