using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>
/// Forged segments of a live connection whose addresses and ports are known and whose numbers are not: sweeps over all sequence
/// numbers in steps that no window escapes (RFC 5961).
/// </summary>
internal sealed class BlindGuessing(AttackLink link, FlowKey victim) : Attack(link)
{
    private const uint Stride = 32 * 1024;

    private static readonly byte[] Text = "forged forged forged"u8.ToArray();

    private static readonly TcpFlags[] Kinds =
    [
        TcpFlags.Rst, TcpFlags.Syn, TcpFlags.Ack, TcpFlags.Rst | TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack,
        TcpFlags.Syn | TcpFlags.Ack,
    ];

    private uint _number;

    public override void Step()
    {
        _number += Stride;
        var flags = Kinds[Random.Next(Kinds.Length)];
        Link.Send(victim, flags, new SequenceNumber(_number), AnyNumber(), payload: flags == TcpFlags.Ack ? Text : default);
    }
}
