using ActorStack.CommandLine.Lab;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>Connections that take a little now and then, so that no timer finds them silent.</summary>
internal sealed class SlowRead(AttackLink link, int connections) : ConnectedAttack(link, Ports.Chargen, connections, window: 500)
{
    public override int Rate => 1_000;

    public override long BytesAllowedEach => BufferEach;

    protected override void Harm(RawConnection connection) => Acknowledge(connection);

    protected override void OnText(RawConnection connection, in TcpSegment segment)
    {
        if (segment.Sequence == connection.Expected) connection.Expected = segment.End;
    }
}
