using System.Net;
using System.Net.Security;
using Harbor.Platform.Data;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Harbor.Server;

/// <summary>Opens the addresses of <c>--urls</c>, those with TLS under a certificate that may change meanwhile.</summary>
internal static class Listening
{
    /// <param name="urls">Addresses separated by semicolons, as ASP.NET writes them: <c>http://*:8080</c>, <c>https://0.0.0.0:443</c>.</param>
    /// <exception cref="StartupException">One is not an address, or its certificate cannot be used.</exception>
    public static void Listen(this KestrelServerOptions kestrel, string urls, IConfiguration configuration)
    {
        ServerCertificate? certificate = null;
        foreach (var url in urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var address = Parse(url);
            if (address.Scheme == Uri.UriSchemeHttp)
            {
                Bind(kestrel, address, _ => { });
                continue;
            }

            certificate ??= ServerCertificate.Read(
                configuration.GetSection(ServerCertificate.Section), TimeProvider.System, kestrel.ApplicationServices.GetRequiredService<ILogger<ServerCertificate>>());
            Bind(kestrel, address, endpoint => endpoint.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current() }),
            }));
        }
    }

    private static void Bind(KestrelServerOptions kestrel, BindingAddress address, Action<ListenOptions> configure)
    {
        if (address.IsUnixPipe)
        {
            kestrel.ListenUnixSocket(address.UnixPipePath, configure);
        }
        else if (address.Host == "localhost")
        {
            kestrel.ListenLocalhost(address.Port, configure);
        }
        else if (IPAddress.TryParse(address.Host, out var ip))
        {
            kestrel.Listen(ip, address.Port, configure);
        }
        else
        {
            kestrel.ListenAnyIP(address.Port, configure);
        }
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            if (BindingAddress.Parse(url) is { Scheme: "http" or "https", PathBase: "" } address)
            {
                return address;
            }
        }
        catch (FormatException)
        {
            // Told below, with what else cannot be listened on.
        }

        throw new StartupException($"--urls: '{url}' is not an address to listen on, such as {HarborServer.DefaultUrl} or https://0.0.0.0:443.");
    }
}
