using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Sending;

/// <summary>What is due at the next output, beside new payload.</summary>
internal struct PendingOutput
{
    /// <summary>Sequence number of the RST that is due; null: none is.</summary>
    private SequenceNumber? _reset;

    /// <summary>A SYN or SYN,ACK is due.</summary>
    public bool Syn { get; set; }

    /// <summary>An acknowledgment is due.</summary>
    public bool Ack { get; set; }

    /// <summary>The first retransmission of a recovery is due, whatever room there is.</summary>
    public bool Retransmit { get; set; }

    /// <summary>A window or keepalive probe is due.</summary>
    public bool Probe { get; set; }

    /// <summary>The cork has held back payload for long enough: it may be sent.</summary>
    public bool CorkExpired { get; set; }

    /// <summary>Received payload waits to be made visible to the application at the end of the burst.</summary>
    public bool Flush { get; set; }

    /// <summary>A RST with this sequence number is due.</summary>
    public void OweReset(SequenceNumber sequence) => _reset = sequence;

    /// <summary>True once where a RST is due.</summary>
    public bool TryTakeReset(out SequenceNumber sequence)
    {
        sequence = _reset ?? default;
        var isDue = _reset is not null;
        _reset = null;
        return isDue;
    }

    /// <summary>True once where a SYN is due.</summary>
    public bool TryTakeSyn()
    {
        var isDue = Syn;
        Syn = false;
        return isDue;
    }

    /// <summary>True once where a retransmission is due.</summary>
    public bool TryTakeRetransmit()
    {
        var isDue = Retransmit;
        Retransmit = false;
        return isDue;
    }

    /// <summary>True once where a probe is due.</summary>
    public bool TryTakeProbe()
    {
        var isDue = Probe;
        Probe = false;
        return isDue;
    }

    /// <summary>True once where received payload is to be made visible.</summary>
    public bool TryTakeFlush()
    {
        var isDue = Flush;
        Flush = false;
        return isDue;
    }

    /// <summary>The connection is CLOSED: only a RST may still be sent.</summary>
    public void Close() => Ack = Probe = Retransmit = Syn = false;

    /// <summary>The section of the record.</summary>
    public readonly PendingOutputSection Export() => new()
    {
        SynPending = Syn,
        AckPending = Ack,
        RetransmitPending = Retransmit,
        ProbePending = Probe,
        HasResetOwed = _reset is not null,
        ResetOwed = _reset?.Value ?? 0,
        CorkExpired = CorkExpired,
    };

    /// <summary>Continues from the record. The queue may hold payload that the last owner, or the caller, put there.</summary>
    public void Restore(PendingOutputSection section)
    {
        Syn = section.SynPending;
        Ack = section.AckPending;
        Retransmit = section.RetransmitPending;
        Probe = section.ProbePending;
        _reset = section.HasResetOwed ? new SequenceNumber(section.ResetOwed) : null;
        CorkExpired = section.CorkExpired;
        Flush = true;
    }
}
