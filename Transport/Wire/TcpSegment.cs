namespace ActorStack.Transport.Wire;

/// <summary>A segment as it arrived: header fields and payload, checked and in host order.</summary>
public struct TcpSegment
{
    /// <summary>SEG.SEQ.</summary>
    public SequenceNumber Sequence;

    /// <summary>SEG.ACK, with ACK among the flags.</summary>
    public SequenceNumber Acknowledgment;

    /// <summary>The control bits.</summary>
    public TcpFlags Flags;

    /// <summary>SEG.WND, not yet scaled.</summary>
    public ushort Window;

    /// <summary>The urgent pointer, with URG among the flags.</summary>
    public ushort UrgentPointer;

    /// <summary>The ECN codepoint of the packet.</summary>
    public EcnCodepoint Ecn;

    /// <summary>The options.</summary>
    public TcpOptions Options;

    /// <summary>Points into the frame; valid as long as the frame is.</summary>
    public ReadOnlyMemory<byte> Payload;

    /// <summary>Payload bytes per wire segment where the link merged several into one; 0 where it did not.</summary>
    public ushort SegmentSize;

    /// <summary>SEG.LEN: payload plus one for SYN and one for FIN (RFC 9293 section 3.4).</summary>
    public readonly int Length => Payload.Length + (Has(TcpFlags.Syn) ? 1 : 0) + (Has(TcpFlags.Fin) ? 1 : 0);

    /// <summary>The sequence number after the segment's last.</summary>
    public readonly SequenceNumber End => Sequence + Length;

    /// <summary>The sequence number of the first byte of payload: a SYN comes before it (RFC 9293 section 3.4).</summary>
    public readonly SequenceNumber PayloadStart => Has(TcpFlags.Syn) ? Sequence + 1 : Sequence;

    /// <summary>The sequence number after the last byte of payload; a FIN has this number.</summary>
    public readonly SequenceNumber PayloadEnd => PayloadStart + Payload.Length;

    /// <summary>
    /// The first SACK block is a D-SACK block: it is acknowledged already, or lies within the second block (RFC 2883 section 4).
    /// </summary>
    public readonly bool HasDuplicateSack
    {
        get
        {
            if (Options.SackCount == 0) return false;
            var first = Options.Sack[0];
            return first.Left < first.Right
                && (first.Right <= Acknowledgment
                    || (Options.SackCount > 1 && first.Left >= Options.Sack[1].Left && first.Right <= Options.Sack[1].Right));
        }
    }

    /// <summary>All of these flags are set.</summary>
    public readonly bool Has(TcpFlags flags) => (Flags & flags) == flags;
}
