using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Emulation.Paths;

/// <summary>
/// Looks at the packets of one TCP connection in one direction, applies rules to them and keeps a trace: for comparisons of what
/// stacks send. Only paths that ask for it have one.
/// </summary>
internal sealed class PathTap(IReadOnlyList<PathRule> rules)
{
    private const int MaximumTrace = 100_000;

    private readonly List<TracedPacket> _trace = [];
    private readonly int[] _numbers = new int[Enum.GetValues<PathPacketKind>().Length];
    private uint _ports;
    private uint _first;
    private uint _end;

    public IReadOnlyList<TracedPacket> Trace => _trace;

    /// <summary>
    /// What becomes of the packet at <paramref name="index"/> of a frame, where chance says <paramref name="fate"/>.
    /// </summary>
    /// <param name="bytes">The frame without virtio header.</param>
    /// <param name="frame">Where its headers and segments are.</param>
    /// <param name="index">Which of the frame's packets it is, from 0.</param>
    /// <param name="fate">The fate of the packet by chance.</param>
    /// <param name="now">When the packet came to the path.</param>
    public PathFate Inspect(ReadOnlySpan<byte> bytes, in PathFrame frame, int index, PathFate fate, TimeSpan now)
    {
        if (IpHeader.Read(bytes, isQuoted: false, out var ip) != Malformation.None || ip.Protocol != IpProtocol.Tcp) return fate;
        var tcp = bytes[ip.Length..];
        var flags = (TcpFlags)tcp[TcpLayout.Flags];
        var ports = BinaryPrimitives.ReadUInt32BigEndian(tcp[TcpLayout.SourcePort..]);
        if (_ports == 0 && (flags & TcpFlags.Syn) != 0) _ports = ports;
        if (ports != _ports) return fate;

        var headerLength = ip.Length + (tcp[TcpLayout.DataOffset] >> 4) * 4;
        var length = frame.LengthOf(index) - headerLength;
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[TcpLayout.Sequence..]) + (uint)(index * frame.SegmentSize);
        var kind = Classify(flags, sequence, length);
        var number = ++_numbers[(int)kind];
        foreach (var rule in rules)
        {
            if (rule.HoldsFor(kind, number))
                fate = rule.Delay is { } delay ? fate with { At = fate.At + delay, IsReordered = true } : PathFate.Lost;
        }

        if (_trace.Count < MaximumTrace) _trace.Add(new TracedPacket(now, kind, number, sequence - _first, length, fate.Outcome));
        return fate;
    }

    private PathPacketKind Classify(TcpFlags flags, uint sequence, int length)
    {
        if ((flags & TcpFlags.Syn) != 0)
        {
            if (_first == 0) (_first, _end) = (sequence, sequence + 1);
            return PathPacketKind.Other;
        }

        if ((flags & TcpFlags.Rst) != 0) return PathPacketKind.Other;
        if (length == 0 && (flags & TcpFlags.Fin) == 0) return PathPacketKind.Acknowledgment;
        var isNew = (int)(sequence + (uint)length - _end) > 0 || length == 0;
        if (isNew) _end = sequence + (uint)length;
        return isNew ? PathPacketKind.Data : PathPacketKind.Resent;
    }
}
