using System.Buffers.Binary;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Identity;

/// <summary>Where a sign-in comes from: an IPv4 address, or an IPv6 network of 64 bits, all of which is usually one customer's.</summary>
public readonly record struct SignInOrigin
{
    private readonly UInt128 network;

    private SignInOrigin(UInt128 network) => this.network = network;

    /// <summary>The client's own address, by the word of trusted proxies where there are any.</summary>
    public static SignInOrigin Of(HttpContext http) => Of(http.Connection.RemoteIpAddress);

    /// <param name="address">Null: a local socket.</param>
    public static SignInOrigin Of(IPAddress? address)
    {
        if (address is null)
        {
            return default;
        }

        var whole = BinaryPrimitives.ReadUInt128BigEndian(address.MapToIPv6().GetAddressBytes());
        return new SignInOrigin(address.MapToIPv6().IsIPv4MappedToIPv6 ? whole : whole & ((UInt128)ulong.MaxValue << 64));
    }
}
