namespace ActorStack.Transport.Tcp.Paths;

/// <summary>
/// What one connection knows of its path and the next to the same destination begins with (RFC 9040 section 6).
/// </summary>
/// <param name="Mtu">Bytes of an IP packet, with its header, that the path carries.</param>
/// <param name="RaiseAt">When a larger one may be tried; null: it is the link's own.</param>
public readonly record struct PathKnowledge(int Mtu, TimeSpan? RaiseAt);
