using System.Net;

namespace ActorStack.Transport.Wire;

/// <summary>An address and a port: one end of a connection.</summary>
public readonly record struct TcpEndpoint(IpAddress Address, ushort Port)
{
    /// <summary>The endpoint as the class library has it.</summary>
    public IPEndPoint ToIPEndPoint() => new(Address.ToIPAddress(), Port);

    public override string ToString() => Address.IsIPv6 ? $"[{Address}]:{Port}" : $"{Address}:{Port}";
}
