using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// Another node prepares to take the connection, or the application dehydrates. The software stack still runs the connection.
/// </summary>
internal sealed class HandingOff(
    ConnectionActor actor, TcpConnection tcp, ConnectionContext application, OutgoingHandoff handoff, CurrentMigration migration)
    : ServingBehaviour(actor, tcp, application)
{
    /// <summary>A window that brings little more, in bytes.</summary>
    private const int NarrowWindow = 256 * 1024;

    /// <summary>Rounds in which the source waits at most for the peer to use the window that it was given before.</summary>
    private const int MostWaits = 32;

    private long _received;
    private int _waits;
    private bool _hasLeft;
    private bool _isAhead;
    private bool _isHeld;
    private ReadOnlyMemory<byte>? _state;

    /// <summary>Segments that the target has passed on and that wait for earlier ones in the link.</summary>
    private readonly Queue<HandoffMessage.Segment> _passed = new();

    private TimeSpan? _passedAt;
    private bool _isLinkBehind;

    public override ConnectionPhase Phase => ConnectionPhase.HandingOff;

    public override CurrentMigration Migration => migration;

    public override TimeSpan? NextDeadline => Earlier(Earlier(Tcp.NextDeadline, migration.Deadline), _passedAt);

    protected override string WhyNotMoved => $"is moving to node {handoff.Node}";

    public override void OnTimer()
    {
        if (Stack.Now >= migration.Deadline)
        {
            Actor.Step(MigrationInput.LimitPassed.Instance);
            return;
        }

        if (_passedAt <= Loop.ReadAt) TakePassed();
        if (Actor.Behaviour == this) base.OnTimer();
    }

    public override void OnApplicationLeft(ConnectionContext context, ReadOnlyMemory<byte>? state)
    {
        if (context != Application) return;
        (_hasLeft, _state) = (true, state);
        if (Actor.Buffers.Receive.Unread > OutgoingHandoff.Enough) SendUnread();
        else TellLeft();
    }

    public override void Carry(MigrationOutput output)
    {
        switch (output)
        {
            case MigrationOutput.Dehydrate:
                Begin();
                break;
            case MigrationOutput.FreezeForNode freeze:
                Freeze(freeze.Claim);
                break;
            case MigrationOutput.Rehydrate:
                break; // the application has not left: it starts again when it has
            case MigrationOutput.Resume:
                Resume();
                break;
            default:
                base.Carry(output);
                break;
        }
    }

    /// <summary>
    /// Payload travels ahead in rounds, each with what the one before left over, until the rest is small: the application and the
    /// peer are held back meanwhile, or they would write faster than the payload travels. Only then the application leaves, so
    /// that it stands still for a short time. What it has not read follows in further rounds.
    /// </summary>
    public override void OnNode(string node, HandoffMessage message)
    {
        if (message is HandoffMessage.Segment segment) OnSegment(node, segment);
        else if (message is not HandoffMessage.Marked marked) base.OnNode(node, message);
        else if (!_isAhead || node != handoff.Node || !handoff.IsAnswer(marked)) return;
        else if (_hasLeft) SendUnreadOrTell();
        else if (_isHeld) Dehydrate();
        else if (handoff.IsEnough && IsPeerQuiet()) AskToHold();
        else SendAhead();
    }

    /// <summary>
    /// True where the peer brings little more: it sends slowly, or has used the window that it was given before it was held back.
    /// </summary>
    private bool IsPeerQuiet()
    {
        var since = Tcp.Info.BytesReceived - _received;
        _received += since;
        return since <= OutgoingHandoff.Enough || Tcp.ReceiveWindow <= NarrowWindow || ++_waits >= MostWaits;
    }

    /// <summary>Where little is queued, and the peer can bring little, all of it travels with the state.</summary>
    private void Begin()
    {
        Actor.Buffers.IsHeldBack = true;
        _isAhead = true;
        if (Actor.Buffers.Send.Length <= OutgoingHandoff.Enough && Tcp.ReceiveWindow <= NarrowWindow && !Application.HasEnded)
        {
            AskToHold();
            return;
        }

        _received = Tcp.Info.BytesReceived;
        SendAhead();
    }

    /// <summary>The target is to end its steering before this node steers the flow to it: segments would go in circles.</summary>
    private void AskToHold()
    {
        _isHeld = true;
        handoff.SendHold();
    }

    private void SendAhead() => handoff.SendAhead(Tcp.View(ExportScope.Whole, Stack.Now));

    private void SendUnreadOrTell()
    {
        if (handoff.IsEnough) TellLeft();
        else SendUnread();
    }

    /// <summary>
    /// The network brought a segment to the target. The first one waits until the link has been read once more: what the target
    /// has forwarded before it prepared may still wait there, and the peer would take the disorder for a loss.
    /// </summary>
    private void OnSegment(string node, HandoffMessage.Segment segment)
    {
        if (node != handoff.Node) return;
        _passed.Enqueue(segment);
        if (_isLinkBehind)
        {
            TakePassed();
            return;
        }

        _passedAt ??= Stack.Now;
        Actor.ArmTimer(Stack.Now);
    }

    private void TakePassed()
    {
        (_passedAt, _isLinkBehind) = (null, true);
        while (Actor.Behaviour == this && _passed.TryDequeue(out var segment)) Take(segment);
    }

    private void Take(HandoffMessage.Segment segment)
    {
        if (segment.Packet.Length > FrameBuffer.Size || !handoff.IsNew(segment)) return;
        var buffer = FrameBuffer.Rent();
        segment.Packet.CopyTo(buffer.Bytes, 0);
        var frame = new LinkFrame(buffer, 0, segment.Packet.Length, segment.ChecksumVerified, segment.SegmentSize);
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        if (packet.Kind == PacketKind.Tcp && packet.Flow == Entry.Flow) Feed([frame]);
        buffer.Release();
    }

    /// <summary>What is unread is the application's as long as it runs, and may become less at any time.</summary>
    private void SendUnread()
    {
        _isAhead = true;
        handoff.SendAhead(Tcp.View(ExportScope.Whole, Stack.Now).WithUndelivered(Actor.Buffers.ViewUnread()));
    }

    private void TellLeft()
    {
        _isAhead = false;
        Actor.Step(new MigrationInput.ApplicationLeft(Tcp.State));
    }

    private void Dehydrate()
    {
        _isAhead = false;
        if (Application.HasEnded) OnApplicationLeft(Application, state: null);
        else Application.AskToLeave(handoff.Node);
    }

    private void Freeze(MigrationClaim claim)
    {
        migration.FrozenAt = Stack.Time.GetTimestamp();
        Actor.Buffers.IsHeldBack = false;
        var image = Tcp.View(ExportScope.Whole, Stack.Now);
        image = image.WithUndelivered(Actor.Buffers.ViewUnread());
        image = image with { State = image.State.OwnedBy(Entry.Id.Value, claim.Epoch) };
        migration.State = image.State;
        Actor.Enter(new Transferring(Actor, Tcp, Application, handoff, image, _state, migration));
    }

    private void Resume()
    {
        Actor.Buffers.IsHeldBack = false;
        var application = _hasLeft && _state is { } state ? Actor.Restart(state, Tcp.Options) : Application;
        Actor.Resume(Tcp, application, held: null);
    }

    private static TimeSpan? Earlier(TimeSpan? one, TimeSpan? other) => other < one ? other : one ?? other;
}
