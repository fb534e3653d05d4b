namespace ActorStack.Hosting;

/// <summary>The reason why a gateway ended a connection that it would otherwise have served.</summary>
public enum GatewayRefusal
{
    /// <summary>The gateway has as many clients as it may have.</summary>
    TooManyConnections,

    /// <summary>The client's address has as many connections as it may have.</summary>
    TooManyFromSource,

    /// <summary>The client did not begin with what is expected: a PROXY header, or a ClientHello.</summary>
    BadGreeting,

    /// <summary>The client did not send its PROXY header or its ClientHello in time.</summary>
    SilentClient,

    /// <summary>No route is for the client, and there are no other backends.</summary>
    NoRoute,

    /// <summary>No backend is up.</summary>
    NoBackend,

    /// <summary>The backends that were tried refused the connection or did not answer in time.</summary>
    BackendsFailed,

    /// <summary>No byte came in either direction for the idle timeout.</summary>
    Idle,

    /// <summary>The other half of the connection did not come to the node to which this half has moved.</summary>
    PartnerLost,
}
