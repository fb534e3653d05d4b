using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Capture;

/// <summary>A TCP segment that a device received; several where segmentation offload left it to the device to cut them.</summary>
/// <param name="Flow">The sender's end is the local one.</param>
/// <param name="Text">Payload of all of them, bytes.</param>
/// <param name="LargestText">Payload of the largest of them, bytes.</param>
/// <param name="Headers">IP and TCP header with options of each of them, bytes.</param>
public readonly record struct WireSegment(FlowKey Flow, SequenceNumber Sequence, int Text, int LargestText, int Headers)
{
    private const int TcpHeader = 20;

    /// <summary>What a path MTU bounds: the largest IP packet.</summary>
    public int Packet => Headers + LargestText;

    /// <summary>What the peer's MSS bounds (RFC 6691): payload and options of the largest.</summary>
    public int Mss => Packet - IpHeaderWriter.Length(Flow.Local.Address) - TcpHeader;
}
