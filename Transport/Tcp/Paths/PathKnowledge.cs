namespace ActorStack.Transport.Tcp.Paths;

/// <summary>
/// The path as one connection knows it; the next connection to the same destination begins with it (RFC 9040 section 6).
/// </summary>
/// <param name="Mtu">Bytes of an IP packet, with its header, that the path carries.</param>
/// <param name="RaiseAt">When a larger one may be tried; null: it is the link's own.</param>
public readonly record struct PathKnowledge(int Mtu, TimeSpan? RaiseAt);
