namespace ActorStack.Hosting;

/// <summary>
/// The options of one gateway, from configuration section <c>ActorStack:Gateways:NAME</c>, from code, or from both. A member that
/// is null has its default; <c>Hosting/Gateway/README.md</c> lists ranges and defaults. All but <see cref="Listen"/> may change
/// while the gateway runs, and connections go on.
/// </summary>
public sealed class GatewayOptions
{
    /// <summary>The configuration section that has one section for each gateway.</summary>
    public const string SectionName = "ActorStack:Gateways";

    /// <summary>
    /// The virtual address and the port to listen on: <c>10.9.0.1:443</c>; <c>0.0.0.0:443</c> is every address.
    /// </summary>
    public string? Listen { get; set; }

    /// <summary>The backends, each as <c>ADDRESS:PORT</c>.</summary>
    public IList<string> Backends { get; } = [];

    /// <summary>
    /// Backends by what a TLS client names in its ClientHello: the first route that matches. Where none does, the client gets one
    /// of <see cref="Backends"/>, or is refused where there are none.
    /// </summary>
    public IList<GatewayRouteOptions> Routes { get; } = [];

    /// <summary>Clients begin with a header of the PROXY protocol, version 1 or 2; others are refused.</summary>
    public bool? AcceptProxy { get; set; }

    /// <summary>The header of the PROXY protocol by which backends learn who the client is.</summary>
    public ProxyProtocolVersion? SendProxy { get; set; }

    /// <summary>The time that a client has for its PROXY header and its ClientHello, where they are expected.</summary>
    public TimeSpan? HelloTimeout { get; set; }

    /// <summary>How the backend of a client is chosen.</summary>
    public GatewayBalance? Balance { get; set; }

    /// <summary>
    /// The virtual address from which backends are connected to; null: the stack's first of the backend's version.
    /// </summary>
    public string? Source { get; set; }

    /// <summary>The time that a backend may take to accept a connection, before another one is tried.</summary>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>The time without a byte in either direction after which a connection is ended; zero: it never is.</summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>
    /// The time that one half of a connection may wait for the other one, which is on its way from another node.
    /// </summary>
    public TimeSpan? PartnerTimeout { get; set; }

    /// <summary>Clients that are connected at once.</summary>
    public int? MaximumConnections { get; set; }

    /// <summary>Clients of one address that are connected at once.</summary>
    public int? MaximumConnectionsPerSource { get; set; }

    /// <summary>
    /// The time between two checks of a backend, each of which opens a connection; zero: backends are not checked.
    /// </summary>
    public TimeSpan? CheckInterval { get; set; }

    /// <summary>Checks in a row that must succeed before a backend that was down gets connections.</summary>
    public int? Rise { get; set; }

    /// <summary>Checks in a row that must fail before a backend gets no more connections.</summary>
    public int? Fall { get; set; }
}
