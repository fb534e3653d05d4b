using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Hosting.Options;

/// <summary>A socket option, the property of <see cref="SocketOptions"/> that holds it, and how it is read into that.</summary>
internal sealed record SocketOptionRow(
    OptionDescription Option, string Property, Func<SocketOptions, HoconSection, SocketOptions> Apply);
