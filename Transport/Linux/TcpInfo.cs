using System.Runtime.InteropServices;

namespace ActorStack.Transport.Linux;

/// <summary>
/// <c>struct tcp_info</c> of linux/tcp.h. Times in microseconds but the "last" ones in milliseconds; what an older kernel lacks
/// is 0.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 240)]
internal struct TcpInfo
{
    [FieldOffset(0)] public byte State;
    [FieldOffset(1)] public byte CongestionState;
    [FieldOffset(2)] public byte Retransmits;
    [FieldOffset(3)] public byte Probes;
    [FieldOffset(4)] public byte Backoff;
    [FieldOffset(5)] public byte Options;
    [FieldOffset(6)] public byte WindowScales;
    [FieldOffset(7)] public byte RateFlags;
    [FieldOffset(8)] public uint Rto;
    [FieldOffset(12)] public uint AcknowledgmentTimeout;
    [FieldOffset(16)] public uint SendMss;
    [FieldOffset(20)] public uint ReceiveMss;
    [FieldOffset(24)] public uint UnackedSegments;
    [FieldOffset(28)] public uint Sacked;
    [FieldOffset(32)] public uint Lost;
    [FieldOffset(36)] public uint Retransmitted;
    [FieldOffset(44)] public uint LastDataSent;
    [FieldOffset(52)] public uint LastDataReceived;
    [FieldOffset(56)] public uint LastAckReceived;
    [FieldOffset(60)] public uint PathMtu;
    [FieldOffset(64)] public uint ReceiveThreshold;
    [FieldOffset(68)] public uint Rtt;
    [FieldOffset(72)] public uint RttVariation;
    [FieldOffset(76)] public uint SlowStartThreshold;
    [FieldOffset(80)] public uint CongestionWindow;
    [FieldOffset(84)] public uint AdvertisedMss;
    [FieldOffset(88)] public uint Reordering;
    [FieldOffset(92)] public uint ReceiveRtt;
    [FieldOffset(96)] public uint ReceiveSpace;
    [FieldOffset(100)] public uint TotalRetransmissions;
    [FieldOffset(104)] public ulong PacingRate;
    [FieldOffset(120)] public ulong BytesAcknowledged;
    [FieldOffset(128)] public ulong BytesReceived;
    [FieldOffset(136)] public uint SegmentsOut;
    [FieldOffset(140)] public uint SegmentsIn;
    [FieldOffset(144)] public uint NotSentBytes;
    [FieldOffset(148)] public uint MinimumRtt;
    [FieldOffset(160)] public ulong DeliveryRate;
    [FieldOffset(168)] public ulong BusyTime;
    [FieldOffset(176)] public ulong ReceiveWindowLimited;
    [FieldOffset(184)] public ulong SendBufferLimited;
    [FieldOffset(192)] public uint Delivered;
    [FieldOffset(196)] public uint DeliveredMarked;
    [FieldOffset(200)] public ulong BytesSent;
    [FieldOffset(208)] public ulong BytesRetransmitted;
    [FieldOffset(216)] public uint DuplicateReports;
    [FieldOffset(220)] public uint ReorderingSeen;
    [FieldOffset(224)] public uint OutOfOrder;
    [FieldOffset(228)] public uint SendWindow;
    [FieldOffset(232)] public uint ReceiveWindow;
}
