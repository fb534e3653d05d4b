using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>
/// IPv4 fragments that never make a packet, overlap, begin in the middle of a header or reach beyond the longest packet (RFC
/// 1858).
/// </summary>
internal sealed class Fragments(AttackLink link) : Attack(link)
{
    private const int Words = 65_535 / 8;

    public override void Step()
    {
        var isOverlap = Random.Next(2) == 0;
        var offset = (ushort)(isOverlap ? Random.Next(4) : Random.Next(Words));
        var more = Random.Next(4) == 0 ? 0 : IPv4Layout.MoreFragments;
        var length = 8 * Random.Next(1, 100);
        Link.SendIPv4(
            AttackLink.Source(Random.Next(1, 65_535)), IpProtocol.Tcp, (ushort)Random.Next(isOverlap ? 4 : 65_536),
            (ushort)(offset | more),
            payload =>
            {
                payload[..length].Clear();
                return length;
            });
    }
}
