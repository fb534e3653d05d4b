namespace ActorStack.Transport.Wire;

/// <summary>What names a connection on the wire, seen from this host.</summary>
public readonly record struct FlowKey(TcpEndpoint Local, TcpEndpoint Remote)
{
    public FlowKey Reversed => new(Remote, Local);

    public override string ToString() => $"{Local} <- {Remote}";
}
