namespace ActorStack.Transport.Tcp.Paths;

/// <summary>How payload becomes packets.</summary>
/// <param name="Overhead">Bytes of headers and of the timestamps option in a packet.</param>
/// <param name="Largest">Bytes of the largest packet in use.</param>
internal readonly record struct PacketSizes(int Overhead, int Largest);
