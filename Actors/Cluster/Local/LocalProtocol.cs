using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Local;

/// <summary>
/// The messages by which a new process takes over the connections of a running one on the same machine, in their order. Between
/// <see cref="Routed"/> and <see cref="Done"/> the connections move by the messages of the handoff.
/// </summary>
internal static class LocalProtocol
{
    /// <summary>Each process tells the other who it is: first the new one, then the running one.</summary>
    /// <param name="Name">The name of the process as a node.</param>
    /// <param name="Incarnation">The incarnation in the ids of its connections.</param>
    /// <param name="Device">The name of its TUN device; empty: the new process has none yet.</param>
    /// <param name="Secret">
    /// The secret of initial sequence numbers and cookies, so that the new process finishes handshakes that the running one
    /// began; empty from the new process.
    /// </param>
    public sealed record Hello(string Name, long Incarnation, string Device, byte[] Secret) : NodeMessage
    {
        /// <summary>Without the secret, so that no log has it.</summary>
        public override string ToString() => $"{nameof(Hello)} of {Name} on {Device}";
    }

    /// <summary>The running process does not give its connections.</summary>
    /// <param name="Reason">Why, as a text for people.</param>
    /// <param name="WhatToDo">The advice.</param>
    public sealed record Refused(string Reason, string WhatToDo) : NodeMessage;

    /// <summary>The new process listens and asks for the connections.</summary>
    public sealed record Begin : NodeMessage
    {
        public static Begin Instance { get; } = new();
    }

    /// <summary>
    /// The kernel sends the segments of every connection of the running process to that process, wherever the virtual addresses
    /// are routed.
    /// </summary>
    /// <param name="Connections">The number of connections.</param>
    /// <param name="HasCookies">
    /// SYN cookies may still be acknowledged, which the new process accepts because it has the secret.
    /// </param>
    public sealed record Prepared(int Connections, bool HasCookies) : NodeMessage;

    /// <summary>
    /// Connections that the running process opened itself, before <see cref="Prepared"/>: the new one opens none with the same
    /// addresses and ports.
    /// </summary>
    /// <param name="Keys">Some of them: there may be several messages.</param>
    public sealed record Opened(IReadOnlyList<FlowKey> Keys) : NodeMessage
    {
        /// <summary>The flows of one message, at most 37 bytes each.</summary>
        private const int BatchSize = 8_192;

        public static IEnumerable<Opened> Batches(IEnumerable<FlowKey> keys) =>
            keys.Chunk(BatchSize).Select(batch => new Opened(batch));
    }

    /// <summary>The virtual addresses are routed to the new process, which gets all new connections.</summary>
    public sealed record Routed : NodeMessage
    {
        public static Routed Instance { get; } = new();
    }

    /// <summary>Tells how far the move is.</summary>
    /// <param name="Moved">The connections that have moved.</param>
    /// <param name="Left">The connections that are still at the running process.</param>
    /// <param name="LongestBlackoutMicroseconds">The longest time in which no process answered a peer.</param>
    public sealed record Progress(int Moved, int Left, long LongestBlackoutMicroseconds) : NodeMessage;

    /// <summary>
    /// All connections that can move have moved. The running process ends, perhaps after the rest of its connections.
    /// </summary>
    /// <param name="Moved">The connections that have moved.</param>
    /// <param name="Left">The connections that cannot move; the running process serves them to their end, or to its
    /// limit.</param>
    /// <param name="LongestBlackoutMicroseconds">As in <see cref="Progress"/>.</param>
    public sealed record Done(int Moved, int Left, long LongestBlackoutMicroseconds) : NodeMessage;
}
