using System.Net;
using System.Runtime.InteropServices;

namespace ActorStack.Transport.Wire;

/// <summary>An address and a port: one end of a connection.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
public readonly record struct TcpEndpoint(IpAddress Address, ushort Port)
{
    /// <summary>The endpoint as the class library has it.</summary>
    public IPEndPoint ToIPEndPoint() => new(Address.ToIPAddress(), Port);

    /// <summary>For people: <c>address:port</c>, with an IPv6 address in brackets.</summary>
    public override string ToString() => Address.IsIPv6 ? $"[{Address}]:{Port}" : $"{Address}:{Port}";

    /// <summary>Reads <c>address:port</c>, with an IPv6 address in brackets, as <see cref="ToString"/> writes it.</summary>
    public static bool TryParse(string text, out TcpEndpoint endpoint)
    {
        var isValid = IPEndPoint.TryParse(text, out var parsed);
        endpoint = parsed is null ? default : new TcpEndpoint(IpAddress.From(parsed.Address), (ushort)parsed.Port);
        return isValid;
    }
}
