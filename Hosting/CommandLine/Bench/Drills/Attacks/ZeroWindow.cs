using ActorStack.CommandLine.Lab;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>Sockstress: connections that never take a byte and answer every probe.</summary>
internal sealed class ZeroWindow(AttackLink link, int connections) : ConnectedAttack(link, Ports.Chargen, connections, window: 0)
{
    public override int Rate => 1_000;

    public override long BytesAllowedEach => BufferEach;

    protected override void Harm(RawConnection connection) => Acknowledge(connection);

    protected override void OnText(RawConnection connection, in TcpSegment segment) => Acknowledge(connection);
}
