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

    /// <summary>Rounds after which the pace of the peer is known.</summary>
    private const int FewWaits = 4;

    /// <summary>Rounds in which the source waits at most for the peer to use a window that opens no more.</summary>
    private const int MostFullWaits = 8;

    /// <summary>A peer that has sent nothing for this time is taken for one that waits.</summary>
    private static readonly TimeSpan Lull = TimeSpan.FromMilliseconds(20);

    private Stage _stage;
    private long _received;
    private int _waits;
    private bool _hasLeft;
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

    public override void OnNode(string node, HandoffMessage message)
    {
        if (message is HandoffMessage.Segment segment) OnSegment(node, segment);
        else if (message is not HandoffMessage.Marked marked) base.OnNode(node, message);
        else if (node == handoff.Node && handoff.IsAnswer(marked)) OnRoundEnded();
    }

    /// <summary>
    /// Payload travels ahead in rounds, each with what the one before left over, until the rest is small: the application and the
    /// peer are held back meanwhile, or they would write faster than the payload travels. Then the window opens no more, so that
    /// the peer has nothing in flight while the connection stands still. Only then the application leaves, so that it stands
    /// still for a short time. What it has not read follows in further rounds.
    /// </summary>
    private void OnRoundEnded()
    {
        switch (_stage)
        {
            case Stage.HoldingBack when handoff.IsEnough && HasUsedWindow():
                HoldWindow();
                break;
            case Stage.HoldingWindow when handoff.IsEnough && IsPeerQuiet():
                AskToHold();
                break;
            case Stage.HoldingBack or Stage.HoldingWindow:
                SendAhead();
                break;
            case Stage.Holding:
                Dehydrate();
                break;
            case Stage.Left when handoff.IsEnough:
                TellLeft();
                break;
            case Stage.Left:
                SendUnread();
                break;
        }
    }

    /// <summary>
    /// True where the peer has used the window that it was given before it was held back, or is too slow to use it soon.
    /// </summary>
    private bool HasUsedWindow()
    {
        if (Tcp.ReceiveWindow <= NarrowWindow || ++_waits >= MostWaits) return true;
        var pace = (Tcp.Info.BytesReceived - _received) / _waits;
        return _waits >= FewWaits && pace * (MostWaits - _waits) < Tcp.ReceiveWindow;
    }

    /// <summary>
    /// True where the peer has nothing in flight: it has used the window, or nothing came for a round. A peer with data in flight
    /// would retransmit it after a short silence (tail loss probe, RFC 8985 section 7).
    /// </summary>
    private bool IsPeerQuiet()
    {
        var since = Tcp.Info.BytesReceived - _received;
        _received += since;
        return since == 0 || Tcp.IsWindowUsed || ++_waits >= MostFullWaits;
    }

    /// <summary>Where little is queued, and the peer waits or can bring little, all of it travels with the state.</summary>
    private void Begin()
    {
        Actor.Buffers.IsHeldBack = true;
        var isSmall = Actor.Buffers.Send.Length <= OutgoingHandoff.Enough && Tcp.ReceiveWindow <= NarrowWindow;
        if (isSmall && !Application.HasEnded && Stack.Now - Tcp.PayloadArrivedAt > Lull)
        {
            AskToHold();
            return;
        }

        _received = Tcp.Info.BytesReceived;
        SendAhead();
    }

    private void HoldWindow()
    {
        (_stage, _received, _waits) = (Stage.HoldingWindow, Tcp.Info.BytesReceived, 0);
        Tcp.IsWindowHeld = true;
        SendAhead();
    }

    /// <summary>The target is to end its steering before this node steers the flow to it: segments would go in circles.</summary>
    private void AskToHold()
    {
        _stage = Stage.Holding;
        handoff.SendHold();
    }

    private void SendAhead() => handoff.SendAhead(Tcp.View(ExportScope.Whole, Stack.Now));

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
        _stage = Stage.Left;
        handoff.SendAhead(Tcp.View(ExportScope.Whole, Stack.Now).WithUndelivered(Actor.Buffers.ViewUnread()));
    }

    private void TellLeft()
    {
        _stage = Stage.Leaving;
        Actor.Step(new MigrationInput.ApplicationLeft(Tcp.State));
    }

    private void Dehydrate()
    {
        _stage = Stage.Leaving;
        if (Application.HasEnded) OnApplicationLeft(Application, state: null);
        else Application.AskToLeave(handoff.Node);
    }

    private void Freeze(MigrationClaim claim)
    {
        migration.FrozenAt = Stack.Time.GetTimestamp();
        LetGo();
        var image = Tcp.View(ExportScope.Whole, Stack.Now);
        image = image.WithUndelivered(Actor.Buffers.ViewUnread());
        image = image with { State = image.State.OwnedBy(Entry.Id.Value, claim.Epoch) };
        migration.State = image.State;
        Actor.Enter(new Transferring(Actor, Tcp, Application, handoff, image, _state, migration));
    }

    private void Resume()
    {
        LetGo();
        var application = _hasLeft && _state is { } state ? Actor.Restart(state, Tcp.Options) : Application;
        Actor.Resume(Tcp, application, held: null);
    }

    private enum Stage
    {
        /// <summary>The window opens no further than at the beginning of the connection.</summary>
        HoldingBack,

        /// <summary>The window opens no more.</summary>
        HoldingWindow,

        /// <summary>The target is asked to hold all segments.</summary>
        Holding,

        /// <summary>The application is asked to leave, or the protocol was told that it has left.</summary>
        Leaving,

        /// <summary>The application has left; what it has not read travels.</summary>
        Left,
    }

    private void LetGo() => Actor.Buffers.IsHeldBack = Tcp.IsWindowHeld = false;

    private static TimeSpan? Earlier(TimeSpan? one, TimeSpan? other) => other < one ? other : one ?? other;
}
