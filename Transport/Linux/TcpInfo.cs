using System.Runtime.InteropServices;

namespace ActorStack.Transport.Linux;

/// <summary><c>struct tcp_info</c> of linux/tcp.h as far as it is used. Times in microseconds but for RTO, too, and the "last" ones in milliseconds.</summary>
[StructLayout(LayoutKind.Explicit, Size = 232)]
internal struct TcpInfo
{
    [FieldOffset(0)] public byte State;
    [FieldOffset(2)] public byte Retransmits;
    [FieldOffset(3)] public byte Probes;
    [FieldOffset(5)] public byte Options;
    [FieldOffset(6)] public byte WindowScales;
    [FieldOffset(8)] public uint Rto;
    [FieldOffset(16)] public uint SendMss;
    [FieldOffset(24)] public uint UnackedSegments;
    [FieldOffset(32)] public uint Lost;
    [FieldOffset(44)] public uint LastDataSent;
    [FieldOffset(52)] public uint LastDataReceived;
    [FieldOffset(56)] public uint LastAckReceived;
    [FieldOffset(60)] public uint PathMtu;
    [FieldOffset(68)] public uint Rtt;
    [FieldOffset(72)] public uint RttVariation;
    [FieldOffset(76)] public uint SlowStartThreshold;
    [FieldOffset(80)] public uint CongestionWindow;
    [FieldOffset(84)] public uint AdvertisedMss;
    [FieldOffset(100)] public uint TotalRetransmissions;
    [FieldOffset(120)] public ulong BytesAcknowledged;
    [FieldOffset(128)] public ulong BytesReceived;
    [FieldOffset(136)] public uint SegmentsOut;
    [FieldOffset(140)] public uint SegmentsIn;
    [FieldOffset(148)] public uint MinimumRtt;
    [FieldOffset(228)] public uint SendWindow;
}
