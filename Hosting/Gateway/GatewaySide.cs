namespace ActorStack.Hosting.Gateway;

/// <summary>One of the two connections that a gateway joins.</summary>
internal enum GatewaySide
{
    /// <summary>The connection that the client opened.</summary>
    Client,

    /// <summary>The connection that the gateway opened to a backend.</summary>
    Backend,
}
