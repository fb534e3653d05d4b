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

    /// <summary>The Fast Open cookie, with <see cref="HasFastOpen"/>.</summary>
    public FastOpenCookie FastOpen;

    /// <summary>The segment carries timestamps (RFC 7323 section 3.2).</summary>
    public bool HasTimestamps;

    /// <summary>TSval and TSecr (RFC 7323 section 3).</summary>
    public uint TimestampValue;

    /// <summary>TSecr, with <see cref="HasTimestamps"/>.</summary>
    public uint TimestampEcho;

    /// <summary>How many of <see cref="Sack"/> are filled.</summary>
    public byte SackCount;

    /// <summary>The SACK blocks, the first <see cref="SackCount"/> of them.</summary>
    public SackBlocks Sack;
}
