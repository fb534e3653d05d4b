using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// F-RTO (RFC 5682, sections 2.1 and 3.1): after a timeout new data is sent before anything else is retransmitted. Where
/// acknowledgments then show data that was never retransmitted, the timeout was spurious. As in Linux, repeated timeouts are
/// tested too.
/// </summary>
internal struct ForwardRto
{
    public ForwardRtoPhase Phase { get; private set; }

    public readonly bool IsActive => Phase is not ForwardRtoPhase.None;

    /// <summary>Step 2.b: new data goes first.</summary>
    public readonly bool HoldsRetransmissions => Phase is ForwardRtoPhase.Testing;

    public void Arm() => Phase = ForwardRtoPhase.Armed;

    public void End() => Phase = ForwardRtoPhase.None;

    /// <summary>Adds the phase to the section of the record.</summary>
    public readonly UndoSection Export(UndoSection section) => section with { ForwardRtoPhase = (byte)Phase };

    /// <summary>Continues from the record.</summary>
    public void Restore(UndoSection section) => Phase = (ForwardRtoPhase)section.ForwardRtoPhase;

    /// <summary>An acknowledgment came. True: the timeout was spurious (step 3.b).</summary>
    /// <param name="delivery">What the acknowledgment delivered.</param>
    /// <param name="hasSentNew">New data was sent since the timeout.</param>
    /// <param name="canSendNew">There is new data, and the peer's window has room for it.</param>
    /// <param name="isRecovered">All that was outstanding at the timeout is acknowledged.</param>
    public bool OnAcknowledgment(in Delivery delivery, bool hasSentNew, bool canSendNew, bool isRecovered)
    {
        if (!IsActive) return false;

        // The retransmission may have filled the only gap: then the same acknowledgment proves nothing of the rest.
        if (delivery is { HasOriginal: true, HasRetransmitted: false }) return true;
        if (hasSentNew)
        {
            if (delivery.SackedBytes > 0 || delivery.IsDuplicate) End(); // step 3.a: the loss was real
        }
        else if (delivery.Acknowledged > 0 && !isRecovered)
        {
            Phase = canSendNew ? ForwardRtoPhase.Testing : ForwardRtoPhase.None;
        }

        return false;
    }
}
