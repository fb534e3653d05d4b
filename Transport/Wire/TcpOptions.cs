using ActorStack.Transport.Tcp.Handshake;

namespace ActorStack.Transport.Wire;

/// <summary>The options of one TCP header, as a value. Absent options have their neutral value.</summary>
public struct TcpOptions
{
    /// <summary>Maximum segment size, bytes; 0 when absent. Only meaningful on SYN (RFC 9293 section 3.7.1).</summary>
    public ushort MaximumSegmentSize;

    /// <summary>The option was present. Only meaningful on SYN (RFC 7323 section 2).</summary>
    public bool HasWindowScale;

    /// <summary>Shift count as received; RFC 7323 section 2.3 caps it at 14 when used.</summary>
    public byte WindowScale;

    /// <summary>Only meaningful on SYN (RFC 2018 section 2).</summary>
    public bool SackPermitted;

    /// <summary>The option was present. Only meaningful on SYN (RFC 7413).</summary>
    public bool HasFastOpen;

    public FastOpenCookie FastOpen;

    public bool HasTimestamps;

    /// <summary>TSval and TSecr (RFC 7323 section 3).</summary>
    public uint TimestampValue;

    public uint TimestampEcho;

    /// <summary>How many of <see cref="Sack"/> are filled.</summary>
    public byte SackCount;

    public SackBlocks Sack;
}
