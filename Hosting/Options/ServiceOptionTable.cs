using ActorStack.Actors.Connections;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Hosting.Options;

/// <summary>The options of one service. Their keys stand below <c>actorstack.services.NAME</c>.</summary>
internal static class ServiceOptionTable
{
    public static OptionTable<ServiceOptions> Table { get; } = new();

    public static readonly StackOption<string> Congestion = Table.Add(
        "congestion", new NameType(CongestionControls.Names), CongestionControls.Default,
        "Congestion control of the service's connections.",
        options => options.Congestion, inherited: "congestion");

    public static readonly StackOption<int> Backlog = Table.Add(
        "backlog", new NumberType<int>(0, int.MaxValue), ListenerSettings.DefaultBacklog,
        "Connections of the service that may be in the handshake; as many established ones may wait for their handler. Beyond "
        + "that SYNs are answered with cookies, and they are dropped where nobody takes the established connections.",
        options => options.Backlog);

    public static readonly StackOption<int> Concurrency = Table.Add(
        "concurrency", new NumberType<int>(0, int.MaxValue), 0,
        "Handlers of the service that run at once; further connections wait in the backlog. 0: no limit.",
        options => options.Concurrency);

    static ServiceOptionTable() =>
        Table.Add(new SocketOptionsRow<ServiceOptions>(nameof(ServiceOptions.SocketOptions), options => options.SocketOptions));
}
