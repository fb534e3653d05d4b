namespace ActorStack.Transport.Wire;

/// <summary>Offsets of the TCP header (RFC 9293 section 3.1).</summary>
internal static class TcpLayout
{
    public const int SourcePort = 0;
    public const int DestinationPort = 2;
    public const int Sequence = 4;
    public const int Acknowledgment = 8;
    public const int DataOffset = 12;
    public const int Flags = 13;
    public const int Window = 14;
    public const int Checksum = 16;
    public const int UrgentPointer = 18;
    public const int Length = 20;
    public const int MaximumOptions = 40;
}
