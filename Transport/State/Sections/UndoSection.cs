namespace ActorStack.Transport.State.Sections;

/// <summary>
/// Detection of a reduction that was not needed: by Eifel, by D-SACK and by F-RTO (RFC 3522, RFC 3708, RFC 5682).
/// </summary>
public sealed record UndoSection
{
    /// <summary>A reduction may yet be undone.</summary>
    public bool HasMarker { get; init; }

    /// <summary>SND.UNA when the reduction began.</summary>
    public uint Marker { get; init; }

    /// <summary>Retransmitted bytes that no D-SACK reported yet; -1: nothing has been retransmitted yet.</summary>
    public long Retransmitted { get; init; }

    /// <summary>Something was retransmitted since the reduction began.</summary>
    public bool HasFirstRetransmission { get; init; }

    /// <summary>When the first of these retransmissions was sent, a reading of the timestamp clock.</summary>
    public long FirstRetransmissionTicks { get; init; }

    /// <summary>F-RTO: none, armed, testing: 0 to 2.</summary>
    public byte ForwardRtoPhase { get; init; }
}
