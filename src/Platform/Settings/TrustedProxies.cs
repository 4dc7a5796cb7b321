using System.Net;
using Harbor.Platform.Data;

namespace Harbor.Platform.Settings;

/// <summary>Whose word about the client's address and the address it used is taken.</summary>
public static class TrustedProxies
{
    /// <summary>Loopback, and the networks that are not routed on the Internet: where a proxy in front of a registry stands.</summary>
    public static readonly IReadOnlyList<IPNetwork> Default = Parse("127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7");

    /// <summary>Comma-separated addresses and networks in CIDR notation; <c>none</c> trusts nobody.</summary>
    /// <exception cref="StartupException">One is neither.</exception>
    public static IReadOnlyList<IPNetwork> Parse(string text) => text.Trim() == "none"
        ? []
        : [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Network)];

    private static IPNetwork Network(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        return IPNetwork.TryParse(text, out var network)
            ? network
            : throw new StartupException($"HARBOR_TRUSTED_PROXIES: '{text}' is neither an address nor a network such as 10.0.0.0/8.");
    }
}
