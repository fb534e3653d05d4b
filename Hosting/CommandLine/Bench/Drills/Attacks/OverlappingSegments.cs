using ActorStack.CommandLine.Lab;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>Segments of any length anywhere in the window, each with different payload for the same sequence numbers.</summary>
internal sealed class OverlappingSegments(AttackLink link, int connections)
    : ConnectedAttack(link, Ports.Discard, connections, ushort.MaxValue)
{
    private const int Window = 64_000;

    private readonly byte[] _text = new byte[AttackLink.Mss];

    public override long BytesAllowedEach => BufferEach;

    protected override void Harm(RawConnection connection)
    {
        Random.NextBytes(_text.AsSpan(0, 8));
        var start = Random.Next(16) == 0 ? 0 : Random.Next(1, Window - _text.Length);
        Send(connection, connection.Next + start, _text.AsMemory(0, Random.Next(1, _text.Length)));
    }

    protected override void OnText(RawConnection connection, in TcpSegment segment) =>
        connection.Next = SequenceNumber.Max(connection.Next, segment.Acknowledgment);
}
