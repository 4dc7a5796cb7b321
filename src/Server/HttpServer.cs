using Harbor.Platform.Settings;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Harbor.Server;

/// <summary>What a registry needs of its HTTP server.</summary>
internal static class HttpServer
{
    private const long MaxManagementBodyBytes = 1024 * 1024;

    /// <param name="urls">Where to listen; not looked at when Kestrel's own <c>Endpoints</c> are set.</param>
    public static void Configure(KestrelServerOptions kestrel, string urls, IConfiguration configuration)
    {
        kestrel.AddServerHeader = false;
        if (configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            kestrel.Configure(configuration.GetSection("Kestrel"));
        }
        else
        {
            kestrel.Listen(urls, configuration);
        }

        // A layer may be any size and a link any slowness. Bodies that are not layers are bounded below, per request.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;

        // Tokens with many scopes; and the many scopes of a token's address.
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
        kestrel.Limits.MaxRequestLineSize = 32 * 1024;

        // Lets a blob's reader run ahead of a slow socket.
        kestrel.Limits.MaxResponseBufferSize = 4 * 1024 * 1024;
    }

    /// <summary>Takes the word of trusted proxies about the client's address and the address that it used.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app, HarborOptions options)
    {
        // Without any network the middleware would trust everybody.
        if (options.TrustedProxies.Count > 0)
        {
            app.UseForwardedHeaders(Forwarded(options));
        }
    }

    /// <summary>Bounds every body that is not the OCI API's, which has its own rules.</summary>
    public static Task LimitBodyAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/v2") && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxManagementBodyBytes;
        }

        return next(context);
    }

    private static ForwardedHeadersOptions Forwarded(HarborOptions options)
    {
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.TrustedProxies)
        {
            forwarded.KnownIPNetworks.Add(network);

            // A socket that takes both families shows IPv4 peers as ::ffff:a.b.c.d.
            if (network.BaseAddress.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork)
            {
                forwarded.KnownIPNetworks.Add(new System.Net.IPNetwork(network.BaseAddress.MapToIPv6(), network.PrefixLength + 96));
            }
        }

        return forwarded;
    }
}
