using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// The owner of a flow whose connection nobody runs yet. Frames that follow the acknowledgment of a SYN cookie are held for the
/// owner to come.
/// </summary>
/// <param name="first">The SYN; null for a connection that is opened from this host or comes from another node.</param>
/// <param name="holds">
/// Frames are held although no cookie proves that their sender is no stranger, because the connection comes from another node.
/// </param>
public sealed class PendingOwner(FirstSegment? first = null, bool holds = false) : FlowOwner(FlowOwnerKind.Pending, epoch: 0)
{
    /// <summary>The most frames that are held.</summary>
    public const int MostHeld = 16;

    private List<LinkFrame>? _held;

    /// <summary>The SYN that began the flow; null for a connection that is opened from this host.</summary>
    public FirstSegment? First => first;

    /// <summary>The frames that came early, in order.</summary>
    public IReadOnlyList<LinkFrame> Held => _held ?? (IReadOnlyList<LinkFrame>)[];

    /// <inheritdoc/>
    public override string ToString() => "pending";

    /// <summary>The held frames, which are the caller's from now on.</summary>
    public IReadOnlyList<LinkFrame> TakeHeld()
    {
        var held = Held;
        _held = null;
        return held;
    }

    /// <summary>
    /// Takes a frame over, where its sender has proved by a cookie that it is no stranger: it would have to time out to send the
    /// frame again. False where the frame is not held; it is then still the caller's.
    /// </summary>
    internal bool TryHold(in LinkFrame frame)
    {
        if ((first?.Cookie is null && !holds) || _held?.Count >= MostHeld) return false;
        (_held ??= []).Add(frame);
        return true;
    }

    /// <summary>Releases the held frames. The caller takes the flow or gives it up, and calls this once.</summary>
    public void Release()
    {
        foreach (var frame in Held) frame.Buffer.Release();
        _held = null;
    }
}
