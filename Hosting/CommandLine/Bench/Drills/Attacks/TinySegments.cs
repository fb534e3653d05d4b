using ActorStack.CommandLine.Lab;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>Single bytes, each beyond a gap of its own; now and then one in order.</summary>
internal sealed class TinySegments(AttackLink link, int connections)
    : ConnectedAttack(link, Ports.Discard, connections, ushort.MaxValue)
{
    private const int Window = 64_000;

    private static readonly byte[] Text = new byte[1];

    public override long BytesAllowedEach => BufferEach;

    protected override void Harm(RawConnection connection)
    {
        var isInOrder = Random.Next(8) == 0;
        Send(connection, isInOrder ? connection.Next : connection.Next + 2 * Random.Next(1, Window / 2), Text);
        if (isInOrder) connection.Next += Text.Length;
    }

    /// <summary>What is in order may have filled gaps: the service tells.</summary>
    protected override void OnText(RawConnection connection, in TcpSegment segment) =>
        connection.Next = SequenceNumber.Max(connection.Next, segment.Acknowledgment);
}
