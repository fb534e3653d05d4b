using System.Net;
using System.Net.Sockets;

namespace ActorStack.Hosting;

/// <summary>
/// The reason why a stack cannot serve an address: an address must be a single one that peers can route to this host.
/// </summary>
internal sealed record AddressRefusal(string Message, string WhatToDo)
{
    /// <summary>The reason and the advice as one text.</summary>
    public string Line => $"{Message} {WhatToDo}";

    /// <summary>Checks the address in <paramref name="text"/>. Returns null where the stack can serve it.</summary>
    public static AddressRefusal? Of(string text)
    {
        if (!VirtualAddress.TryParse(text, out var address))
            return new($"Address '{text}' is not an address with prefix length.", "Write it as 10.9.0.1/32 or fd00:9::1/128.");
        if (address.PrefixLength != address.LongestPrefix)
        {
            return new(
                $"Address {text} is a prefix, and the stack serves single addresses.",
                $"Write {address.Address}/{address.LongestPrefix}.");
        }

        return WhyNotRoutable(address.Address) is { } why
            ? new($"Address {text} is not routable: {why}.", "Give a unicast address that the peers route to this host.")
            : null;
    }

    private static string? WhyNotRoutable(IPAddress address) => address switch
    {
        _ when IPAddress.IsLoopback(address) => "it is a loopback address",
        _ when address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) => "it is the unspecified address",
        _ when address.Equals(IPAddress.Broadcast) => "it is the broadcast address",
        { IsIPv6Multicast: true } => "it is a multicast address",
        { IsIPv6LinkLocal: true } => "it is a link-local address",
        { AddressFamily: AddressFamily.InterNetwork } when address.GetAddressBytes()[0] >= 224 =>
            "it is a multicast or reserved address",
        { AddressFamily: AddressFamily.InterNetwork } when address.GetAddressBytes()[0] == 0 => "it is in 0.0.0.0/8",
        _ => null,
    };
}
