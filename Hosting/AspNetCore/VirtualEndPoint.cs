using System.Net;
using ActorStack.Hosting;

namespace ActorStack.AspNetCore;

/// <summary>
/// A port on virtual addresses: Kestrel serves it over the stack, while its other end points stay with the operating system's
/// sockets.
/// </summary>
/// <param name="address">
/// One of the stack's addresses, or <see cref="IPAddress.Any"/> or <see cref="IPAddress.IPv6Any"/> for all of them.
/// </param>
/// <param name="port">The port; 0: the stack chooses a free one.</param>
public sealed class VirtualEndPoint(IPAddress address, int port) : IPEndPoint(address, port)
{
    /// <summary>
    /// The service's name in lists, logs and the configuration (<c>services.NAME</c>); by default <c>kestrel-PORT</c>.
    /// </summary>
    public string Name { get; init; } = DefaultName(port);

    /// <summary>The options of the connections.</summary>
    public ListenerOptions Options { get; init; } = new();

    internal static string DefaultName(int port) => FormattableString.Invariant($"kestrel-{port}");

    internal VirtualEndPoint WithPort(int bound) => new(Address, bound) { Name = Name, Options = Options };
}
