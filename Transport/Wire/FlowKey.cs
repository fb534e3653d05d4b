namespace ActorStack.Transport.Wire;

/// <summary>The name of a connection on the wire, seen from this host.</summary>
public readonly record struct FlowKey(TcpEndpoint Local, TcpEndpoint Remote)
{
    /// <summary>The same flow, seen from the peer.</summary>
    public FlowKey Reversed => new(Remote, Local);

    /// <summary>For people: <c>local &lt;- remote</c>, each as <c>address:port</c>.</summary>
    public override string ToString() => $"{Local} <- {Remote}";
}
