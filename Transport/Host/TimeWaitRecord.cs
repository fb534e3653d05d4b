using System.Runtime.InteropServices;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// All that TIME-WAIT needs of a connection, in 84 bytes: what a late segment is judged by and answered with. Times are tenths of
/// a second of the table's clock, which wraps after 13 years.
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
        new TcpEndpoint(Addresses.Local(Has(TimeWaitFlags.IPv6)), LocalPort),
        new TcpEndpoint(Addresses.Remote(Has(TimeWaitFlags.IPv6)), RemotePort));

    public readonly bool Has(TimeWaitFlags flag) => (Flags & flag) != 0;

    public static TimeWaitRecord From(TcpConnectionState state, TimeSpan now) => new()
    {
        Addresses = new IpAddressPair(IpAddress.Read(state.Identity.LocalAddress), IpAddress.Read(state.Identity.RemoteAddress)),
        LocalPort = state.Identity.LocalPort,
        RemotePort = state.Identity.RemotePort,
        SndNxt = new SequenceNumber(state.Send.SndMax),
        RcvNxt = new SequenceNumber(state.Receive.RcvNxt),
        RcvWnd = (uint)Math.Max(
            0, new SequenceNumber(state.Receive.RcvWup) + state.Receive.RcvWnd - new SequenceNumber(state.Receive.RcvNxt)),
        TsRecent = state.Timestamps.TsRecent,
        TimestampOffset = Milliseconds(TimeSpan.FromTicks(state.Timestamps.ClockTicks)) - Milliseconds(now),
        RcvWindScale = state.Negotiated.RcvWindScale,
        HopLimit = state.Options.HopLimit,
        TrafficClass = state.Options.TrafficClass,
        Flags = (state.Identity.LocalAddress.Length == 16 ? TimeWaitFlags.IPv6 : 0)
            | (state.Negotiated.Timestamps ? TimeWaitFlags.Timestamps : 0),
    };

    public static TimeWaitRecord From(in TimeWaitEntry entry, TimeSpan now) => new()
    {
        Addresses = new IpAddressPair(entry.Flow.Local.Address, entry.Flow.Remote.Address),
        LocalPort = entry.Flow.Local.Port,
        RemotePort = entry.Flow.Remote.Port,
        SndNxt = entry.SendNext,
        RcvNxt = entry.ReceiveNext,
        RcvWnd = entry.ReceiveWindow,
        TsRecent = entry.TimestampRecent,
        TimestampOffset = unchecked((entry.TimestampClock ?? 0) - Milliseconds(now)),
        RcvWindScale = entry.WindowScale,
        HopLimit = entry.HopLimit,
        TrafficClass = entry.TrafficClass,
        Flags = (entry.Flow.Local.Address.IsIPv6 ? TimeWaitFlags.IPv6 : 0)
            | (entry.TimestampClock is not null ? TimeWaitFlags.Timestamps : 0),
    };

    public readonly TimeWaitEntry ToEntry(TimeSpan left, TimeSpan now) => new(
        Flow, SndNxt, RcvNxt, RcvWnd, TsRecent,
        Has(TimeWaitFlags.Timestamps) ? unchecked(Milliseconds(now) + TimestampOffset) : null, left, RcvWindScale, HopLimit,
        TrafficClass);

    public readonly TcpConnectionState ToState(TimeSpan left, TimeSpan now)
    {
        var (local, remote) = Flow;
        return new TcpConnectionState
        {
            Identity = new IdentitySection
            {
                LocalAddress = Bytes(local.Address),
                LocalPort = LocalPort,
                RemoteAddress = Bytes(remote.Address),
                RemotePort = RemotePort,
                State = TcpState.TimeWait,
            },
            Send = new SendSpaceSection
            {
                SndUna = SndNxt.Value,
                SndNxt = SndNxt.Value,
                SndMax = SndNxt.Value,
                FinQueued = true,
                FinSent = true,
            },
            Receive = new ReceiveSpaceSection
            {
                RcvNxt = RcvNxt.Value,
                RcvWup = RcvNxt.Value,
                RcvWnd = RcvWnd,
                LastAckSent = RcvNxt.Value,
                FinReceived = true,
            },
            Negotiated = new NegotiatedSection
            {
                RcvWindScale = RcvWindScale,
                Timestamps = Has(TimeWaitFlags.Timestamps),
            },
            Timestamps = new TimestampsSection
            {
                HasTsRecent = Has(TimeWaitFlags.Timestamps),
                TsRecent = TsRecent,
                ClockTicks = (Milliseconds(now) + TimestampOffset) * TimeSpan.TicksPerMillisecond,
            },
            Timers = new TimersSection { TimeWaitTicksLeft = left.Ticks },
            Options = new SocketOptionsSection
            {
                HopLimit = HopLimit,
                TrafficClass = TrafficClass,
            },
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
