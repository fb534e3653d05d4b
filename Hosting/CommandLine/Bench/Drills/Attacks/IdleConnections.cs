using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>Slowloris: connections that are open and say a byte now and then.</summary>
internal sealed class IdleConnections(AttackLink link, int connections)
    : ConnectedAttack(link, Ports.Echo, connections, ushort.MaxValue)
{
    private static readonly byte[] Text = new byte[1];

    public override int Rate => 1_000;

    /// <summary>An idle connection's own, and a block each way of those that have just spoken.</summary>
    public override long BytesAllowedEach => 20_000;

    protected override void Harm(RawConnection connection)
    {
        if (Random.Next(10) != 0) return;
        Send(connection, connection.Next, Text);
        connection.Next += Text.Length;
    }

    protected override void OnText(RawConnection connection, in Transport.Wire.TcpSegment segment)
    {
        if (segment.Payload.IsEmpty || segment.Sequence != connection.Expected) return;
        connection.Expected = segment.End;
        Acknowledge(connection);
    }
}
