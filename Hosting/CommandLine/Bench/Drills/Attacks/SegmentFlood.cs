using ActorStack.CommandLine.Lab;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>Segments of connections that do not exist. Those that acknowledge carry payload.</summary>
internal sealed class SegmentFlood(AttackLink link, TcpFlags flags) : Attack(link)
{
    private static readonly byte[] Text = new byte[100];

    public override void Step() => Link.Send(
        AttackLink.Spoof(Random, Ports.Transfer), flags, AnyNumber(), AnyNumber(),
        payload: flags == TcpFlags.Ack && Random.Next(2) == 0 ? Text : default);
}
