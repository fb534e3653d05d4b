using System.Net;

namespace ActorStack.Hosting.Options;

/// <summary>The options of one gateway. Configuration has them below <c>ActorStack:Gateways:NAME</c>.</summary>
internal static class GatewayOptionTable
{
    private const string EndPointAdvice = "Write an address and a port, such as 10.9.0.1:443 or [fd00:9::1]:443.";

    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    public static OptionTable<GatewayOptions> Table { get; } = new();

    public static readonly StackOption<string> Listen = Table.Add(
        "listen", new TextType("address and port", EndPointAdvice, IsEndPoint), "0.0.0.0:0",
        "The virtual address and the port to listen on; 0.0.0.0 is every address.", options => options.Listen);

    public static readonly StackOption<IReadOnlyList<string>> Backends = Table.Add(
        "backends", new ListType("list of addresses and ports", text => IsEndPoint(text) ? null : EndPointAdvice), [],
        "The backends, which the gateway connects to.", options => options.Backends.ToArray());

    public static readonly StackOption<bool> AcceptProxy = Table.Add(
        "accept-proxy", new SwitchType(), false,
        "Clients begin with a header of the PROXY protocol, version 1 or 2; others are refused.", options => options.AcceptProxy);

    public static readonly StackOption<ProxyProtocolVersion> SendProxy = Table.Add(
        "send-proxy", new ChoiceType<ProxyProtocolVersion>(), ProxyProtocolVersion.None,
        "The header of the PROXY protocol by which backends learn who the client is.", options => options.SendProxy);

    public static readonly StackOption<TimeSpan> HelloTimeout = Table.Add(
        "hello-timeout", new TimeType(Instant), TimeSpan.FromSeconds(5),
        "Time that a client has for its PROXY header and its ClientHello, where they are expected.",
        options => options.HelloTimeout);

    public static readonly StackOption<GatewayBalance> Balance = Table.Add(
        "balance", new ChoiceType<GatewayBalance>(), GatewayBalance.LeastConnections,
        "How the backend of a client is chosen.", options => options.Balance);

    public static readonly StackOption<string> Source = Table.Add(
        "source", new TextType("address", "Write one of the stack's addresses.", text => IPAddress.TryParse(text, out _)), "",
        "The virtual address from which backends are connected to; without it the stack's first of the backend's version.",
        options => options.Source);

    public static readonly StackOption<TimeSpan> ConnectTimeout = Table.Add(
        "connect-timeout", new TimeType(Instant), TimeSpan.FromSeconds(5),
        "Time that a backend may take to accept a connection, before another one is tried.", options => options.ConnectTimeout);

    public static readonly StackOption<TimeSpan> IdleTimeout = Table.Add(
        "idle-timeout", new TimeType(TimeSpan.Zero), TimeSpan.FromMinutes(10),
        "Time without a byte in either direction after which a connection is ended; 0: it never is.",
        options => options.IdleTimeout);

    public static readonly StackOption<TimeSpan> PartnerTimeout = Table.Add(
        "partner-timeout", new TimeType(Instant), TimeSpan.FromSeconds(15),
        "Time that one half of a connection may wait for the other one, which comes from another node or process.",
        options => options.PartnerTimeout);

    public static readonly StackOption<int> MaximumConnections = Table.Add(
        "maximum-connections", new NumberType<int>(1, int.MaxValue), 100_000,
        "Clients that are connected at once; others are refused with a RST.", options => options.MaximumConnections);

    public static readonly StackOption<int> MaximumConnectionsPerSource = Table.Add(
        "maximum-connections-per-source", new NumberType<int>(1, int.MaxValue), 100_000,
        "Clients of one address that are connected at once; others are refused with a RST.",
        options => options.MaximumConnectionsPerSource);

    public static readonly StackOption<TimeSpan> CheckInterval = Table.Add(
        "check-interval", new TimeType(TimeSpan.Zero), TimeSpan.FromSeconds(2),
        "Time between two checks of a backend, each of which opens a connection; 0: backends are not checked.",
        options => options.CheckInterval);

    public static readonly StackOption<int> Rise = Table.Add(
        "rise", new NumberType<int>(1, 1000), 2,
        "Checks in a row that must succeed before a backend that was down gets connections.", options => options.Rise);

    public static readonly StackOption<int> Fall = Table.Add(
        "fall", new NumberType<int>(1, 1000), 3,
        "Checks in a row that must fail before a backend gets no more connections.", options => options.Fall);

    /// <summary>An address and a port, such as an option may name.</summary>
    public static bool IsEndPoint(string text) => IPEndPoint.TryParse(text, out var endPoint) && endPoint.Port > 0;
}
