using ActorStack.Actors.Connections;
using ActorStack.Transport.Host;
using Akka.Actor;

namespace ActorStack.Actors;

/// <summary>The messages between the stack's actor and a <see cref="LoopActor"/>.</summary>
internal static class LoopProtocol
{
    /// <summary>Serve a port. Answer: <see cref="Listening"/>.</summary>
    public sealed record Listen(Service Service) : INoSerializationVerificationNeeded;

    public sealed class Listening : INoSerializationVerificationNeeded
    {
        public static Listening Instance { get; } = new();
    }

    /// <summary>
    /// Open a connection for the sender. Also to the stack's actor, for another loop to try.
    /// </summary>
    /// <param name="Settings">The peer, and how the connection is to be opened.</param>
    /// <param name="LoopsLeft">Loops that may be tried where this one finds no port.</param>
    public sealed record Connect(ConnectSettings Settings, int LoopsLeft) : INoSerializationVerificationNeeded;

    /// <summary>Answer: <see cref="Statistics"/>.</summary>
    public sealed class GetStatistics : INoSerializationVerificationNeeded
    {
        public static GetStatistics Instance { get; } = new();
    }

    /// <summary>The answer to <see cref="GetStatistics"/>.</summary>
    /// <param name="Counters">A copy.</param>
    /// <param name="TimeWaits">Flows in TIME-WAIT.</param>
    /// <param name="FragmentBytes">What fragments hold, and may hold.</param>
    /// <param name="FragmentCapacity">Bytes that they may hold.</param>
    public sealed record Statistics(HostCounters Counters, int TimeWaits, long FragmentBytes, long FragmentCapacity)
        : INoSerializationVerificationNeeded;
}
