namespace ActorStack.Actors.Cluster;

/// <summary>The messages of the network between nodes themselves, which no observer sees.</summary>
internal static class NodeProtocol
{
    /// <summary>The limits of what a hello may claim, in characters.</summary>
    public const int LongestText = 255;

    /// <summary>A member tells another one who it is. It repeats this until the other one has done so too.</summary>
    /// <param name="Name">The node name of the sender.</param>
    /// <param name="Incarnation">The incarnation of the sender's start.</param>
    /// <param name="Steering">As <see cref="ClusterNode.Steering"/>.</param>
    /// <param name="Member">The uid of the sender's start in the membership of the cluster.</param>
    /// <param name="IsAnswer">The sender has the receiver's hello already, so that no answer is needed.</param>
    public sealed record Hello(string Name, long Incarnation, string Steering, int Member, bool IsAnswer) : NodeMessage;

    /// <summary>Asks whether the receiver hears the sender.</summary>
    /// <param name="AskedAt">The time by the sender's clock, in ticks of 100 ns.</param>
    public sealed record Ping(long AskedAt) : NodeMessage;

    /// <summary>The answer to <see cref="Ping"/>: the receiver holds the sender for a member.</summary>
    /// <param name="AskedAt">The time in the question.</param>
    /// <param name="Connections">The connections of the sender.</param>
    public sealed record Pong(long AskedAt, long Connections) : NodeMessage;

    /// <summary>The work of the sender, told with its heartbeats.</summary>
    /// <param name="Work">The work since its start.</param>
    public sealed record Worked(NodeWork Work) : NodeMessage;

    /// <summary>A part of a message that is larger than a frame.</summary>
    /// <param name="Number">The number of the message among those of its sender.</param>
    /// <param name="Index">The number of the part, from 0.</param>
    /// <param name="Length">The length of the whole message, in bytes.</param>
    /// <param name="Manifest">The manifest of the message.</param>
    /// <param name="Bytes">The bytes of this part.</param>
    public sealed record Part(long Number, int Index, int Length, string Manifest, ReadOnlyMemory<byte> Bytes) : NodeMessage;

    /// <summary>The sender listens for the channel of the receiver.</summary>
    /// <param name="Port">The TCP port, at the address of the sender.</param>
    public sealed record ChannelAt(int Port) : NodeMessage;

    /// <summary>Asks for the secret of the cluster.</summary>
    public sealed record AskSecret : NodeMessage
    {
        public static AskSecret Instance { get; } = new();
    }

    /// <summary>The answer to <see cref="AskSecret"/>.</summary>
    /// <param name="Bytes">The secret; empty: the sender does not have it.</param>
    public sealed record Secret(byte[] Bytes) : NodeMessage
    {
        /// <summary>Without the secret, so that no log has it.</summary>
        public override string ToString() => $"{nameof(Secret)} of {Bytes.Length} bytes";
    }
}
