using System.Runtime.InteropServices;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// All that TIME-WAIT needs of a connection, in 84 bytes: what a late segment is judged by and answered with. Times are tenths of a
/// second of the table's clock, which wraps after 13 years.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct TimeWaitRecord
{
    public IpAddressPair Addresses;
    public ushort LocalPort;
    public ushort RemotePort;
    public SequenceNumber SndNxt;
    public SequenceNumber RcvNxt;
    public uint RcvWnd;
    public uint TsRecent;

    /// <summary>The connection's timestamp clock less the table's, milliseconds.</summary>
    public uint TimestampOffset;
    public uint DueAt;
    public uint AnsweredAt;
    public int NextInBucket;
    public int Older;
    public int Newer;
    public byte RcvWindScale;
    public byte HopLimit;
    public byte TrafficClass;
    public TimeWaitFlags Flags;

    public readonly FlowKey Flow => new(
        new TcpEndpoint(Addresses.Local(Has(TimeWaitFlags.IPv6)), LocalPort), new TcpEndpoint(Addresses.Remote(Has(TimeWaitFlags.IPv6)), RemotePort));

    public readonly bool Has(TimeWaitFlags flag) => (Flags & flag) != 0;

    public static TimeWaitRecord From(TcpConnectionState state, TimeSpan now) => new()
    {
        Addresses = new IpAddressPair(IpAddress.Read(state.LocalAddress), IpAddress.Read(state.RemoteAddress)),
        LocalPort = state.LocalPort,
        RemotePort = state.RemotePort,
        SndNxt = new SequenceNumber(state.SndMax),
        RcvNxt = new SequenceNumber(state.RcvNxt),
        RcvWnd = (uint)Math.Max(0, new SequenceNumber(state.RcvWup) + state.RcvWnd - new SequenceNumber(state.RcvNxt)),
        TsRecent = state.TsRecent,
        TimestampOffset = Milliseconds(TimeSpan.FromTicks(state.TimestampClockTicks)) - Milliseconds(now),
        RcvWindScale = state.RcvWindScale,
        HopLimit = state.HopLimit,
        TrafficClass = state.TrafficClass,
        Flags = (state.LocalAddress.Length == 16 ? TimeWaitFlags.IPv6 : 0) | (state.Timestamps ? TimeWaitFlags.Timestamps : 0),
    };

    public readonly TcpConnectionState ToState(TimeSpan left, TimeSpan now)
    {
        var (local, remote) = Flow;
        return new TcpConnectionState
        {
            LocalAddress = Bytes(local.Address),
            LocalPort = LocalPort,
            RemoteAddress = Bytes(remote.Address),
            RemotePort = RemotePort,
            State = TcpState.TimeWait,
            SndUna = SndNxt.Value,
            SndNxt = SndNxt.Value,
            SndMax = SndNxt.Value,
            FinQueued = true,
            FinSent = true,
            RcvNxt = RcvNxt.Value,
            RcvWup = RcvNxt.Value,
            RcvWnd = RcvWnd,
            LastAckSent = RcvNxt.Value,
            FinReceived = true,
            RcvWindScale = RcvWindScale,
            Timestamps = Has(TimeWaitFlags.Timestamps),
            HasTsRecent = Has(TimeWaitFlags.Timestamps),
            TsRecent = TsRecent,
            TimestampClockTicks = (Milliseconds(now) + TimestampOffset) * TimeSpan.TicksPerMillisecond,
            TimeWaitTicksLeft = left.Ticks,
            HopLimit = HopLimit,
            TrafficClass = TrafficClass,
        };
    }

    public static uint Milliseconds(TimeSpan time) => unchecked((uint)(time.Ticks / TimeSpan.TicksPerMillisecond));

    private static byte[] Bytes(IpAddress address)
    {
        var bytes = new byte[address.Length];
        address.Write(bytes);
        return bytes;
    }
}
