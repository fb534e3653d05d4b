using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors;

/// <summary>The messages from the stack's actor to a <see cref="LoopActor"/>, and the answers.</summary>
internal static class LoopProtocol
{
    /// <summary>Listens on a port. Answer: <see cref="Listening"/>.</summary>
    public sealed record Listen(Service Service) : INoSerializationVerificationNeeded;

    public sealed class Listening : INoSerializationVerificationNeeded
    {
        public static Listening Instance { get; } = new();
    }

    /// <summary>Closes the port of a service, whose connections go on. Answer: <see cref="StackProtocol.Unbound"/>.</summary>
    public sealed record Unbind(Service Service) : INoSerializationVerificationNeeded;

    /// <summary>
    /// Opens a connection for the sender. A loop without a free port sends it back to the stack's actor, so that another loop
    /// tries.
    /// </summary>
    /// <param name="Settings">The peer, and how the connection is to be opened.</param>
    /// <param name="First">The number of the loop that is asked first.</param>
    /// <param name="Tried">Loops that found no free port; the next one in the order of their numbers is asked now.</param>
    public sealed record Connect(ConnectSettings Settings, int First, int Tried = 0) : INoSerializationVerificationNeeded;

    /// <summary>Another node asks whether this loop takes a connection.</summary>
    public sealed record Arrive(string Connection, FlowKey Flow, ArrivalOrder Order) : INoSerializationVerificationNeeded;

    /// <summary>Asks the stack for the flows of its connections. Answer: <see cref="Flows"/>.</summary>
    public sealed class GetFlows : INoSerializationVerificationNeeded
    {
        public static GetFlows Instance { get; } = new();
    }

    /// <summary>The answer to <see cref="GetFlows"/>.</summary>
    /// <param name="Keys">The flows.</param>
    /// <param name="Incarnation">The incarnation in the ids of connections that begin here.</param>
    /// <param name="HasCookies">As <see cref="HostShared.HasCookies"/>.</param>
    /// <param name="Opened">The flows among them that the stack opened itself.</param>
    public sealed record Flows(IReadOnlyList<FlowKey> Keys, long Incarnation, bool HasCookies, IReadOnlyList<FlowKey> Opened)
        : INoSerializationVerificationNeeded;

    /// <summary>Asks for the connections in TIME-WAIT, which stay. Answer: <see cref="TimeWaits"/>.</summary>
    public sealed class ExportTimeWaits : INoSerializationVerificationNeeded
    {
        public static ExportTimeWaits Instance { get; } = new();
    }

    /// <summary>The answer to <see cref="ExportTimeWaits"/>; and, to a loop, connections of its flows that it takes.</summary>
    public sealed record TimeWaits(IReadOnlyList<TimeWaitEntry> Entries) : INoSerializationVerificationNeeded;

    /// <summary>No other process has connections that this one does not know: see <see cref="TcpHost.IsSettled"/>.</summary>
    public sealed class Settle : INoSerializationVerificationNeeded
    {
        public static Settle Instance { get; } = new();
    }

    /// <summary>Asks for the loop's counters. Answer: <see cref="Statistics"/>.</summary>
    public sealed class GetStatistics : INoSerializationVerificationNeeded
    {
        public static GetStatistics Instance { get; } = new();
    }

    /// <summary>The answer to <see cref="GetStatistics"/>.</summary>
    /// <param name="Counters">A copy of the counters.</param>
    /// <param name="TimeWaits">The number of flows in TIME-WAIT.</param>
    /// <param name="FragmentBytes">The memory that IP fragments hold, and their limit.</param>
    /// <param name="FragmentCapacity">Bytes that they may hold.</param>
    public sealed record Statistics(HostCounters Counters, int TimeWaits, long FragmentBytes, long FragmentCapacity)
        : INoSerializationVerificationNeeded;
}
