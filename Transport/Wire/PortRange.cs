namespace ActorStack.Transport.Wire;

/// <summary>Ports from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public readonly record struct PortRange(ushort First, ushort Last)
{
    /// <summary>For people: <c>first-last</c>.</summary>
    public override string ToString() => $"{First}-{Last}";

    /// <summary>The port lies in the range.</summary>
    public bool Contains(ushort port) => port >= First && port <= Last;
}
