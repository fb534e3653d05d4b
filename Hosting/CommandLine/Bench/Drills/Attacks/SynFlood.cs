using ActorStack.CommandLine.Lab;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>SYNs from everywhere that nobody will acknowledge (RFC 4987).</summary>
internal sealed class SynFlood(AttackLink link) : Attack(link)
{
    private static readonly TcpOptions Options = new()
    {
        MaximumSegmentSize = AttackLink.Mss,
        SackPermitted = true,
        HasWindowScale = true,
        WindowScale = 7,
        HasTimestamps = true,
        TimestampValue = 1,
    };

    public override void Step() =>
        Link.Send(AttackLink.Spoof(Random, Ports.Transfer), TcpFlags.Syn, AnyNumber(), default, options: Options);
}
