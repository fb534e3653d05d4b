using ActorStack.CommandLine.Bench.Drills.Attacks;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills;

/// <summary>An attack by its name.</summary>
/// <param name="Name">As it is chosen on the command line.</param>
/// <param name="Seconds">How long it lasts where nothing else is said.</param>
/// <param name="Create">From the attacker's link, the flow of the steady connection as its client sees it, and a share of the
/// connections that the attack is to open.</param>
internal sealed record Drill(string Name, double Seconds, Func<AttackLink, FlowKey, double, Attack> Create)
{
    private const double Usual = 10;

    public static IReadOnlyList<Drill> All { get; } =
    [
        new("syn-flood", 60, (link, _, _) => new SynFlood(link)),
        new("ack-flood", Usual, (link, _, _) => new SegmentFlood(link, TcpFlags.Ack)),
        new("rst-flood", Usual, (link, _, _) => new SegmentFlood(link, TcpFlags.Rst)),
        new("blind-guessing", Usual, (link, victim, _) => new BlindGuessing(link, victim)),
        new("tiny-segments", Usual, (link, _, share) => new TinySegments(link, Count(100, share))),
        new("overlapping-segments", Usual, (link, _, share) => new OverlappingSegments(link, Count(100, share))),
        new("zero-window", Usual, (link, _, share) => new ZeroWindow(link, Count(1_000, share))),
        new("slow-read", Usual, (link, _, share) => new SlowRead(link, Count(1_000, share))),
        new("icmp-forgeries", Usual, (link, victim, _) => new IcmpForgeries(link, victim)),
        new("fragments", Usual, (link, _, _) => new Fragments(link)),
        new("idle-connections", Usual, (link, _, share) => new IdleConnections(link, Count(5_000, share))),
    ];

    private static int Count(int full, double share) => Math.Max(1, (int)(full * share));
}
