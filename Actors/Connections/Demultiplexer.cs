using ActorStack.Actors.Loop;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.Links;
using ActorStack.Transport.Timing;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Between the link and the actors: asks the host about each frame and does what its verdict says. One message goes to each
/// connection that a burst has segments for; a steered flow's frames go to its engine without a message.
/// </summary>
internal sealed class Demultiplexer(StackContext stack) : ILoopLink
{
    private readonly TcpHost _host = stack.Host;
    private readonly Dictionary<Listener, Service> _services = [];
    private readonly List<FlowEntry> _touched = new(EventLoop.BurstSize);
    private readonly RefusalLog _refusals = new(stack);
    private readonly Action<TimerNode> _tellOwner = static node => ((IActorRef)node.Owner).Tell(TimerFired.Instance, ActorRefs.NoSender);

    public ILink Link => stack.Link;

    public TimeSpan UntilNextTimer
    {
        get
        {
            var (timer, expiry) = (stack.Wheel.NextDeadline, _host.NextDeadline);
            if ((expiry < timer ? expiry : timer ?? expiry) is not { } deadline) return Timeout.InfiniteTimeSpan;
            var left = deadline - stack.Now;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void OnDrained()
    {
        if (stack.Engaging.Count == 0) return;
        foreach (var entry in stack.Engaging)
        {
            if (entry.SteeredTo is { } owner) owner.Engine.Engage(owner.Handle);
        }

        stack.Engaging.Clear();
    }

    public void OnLost(Exception error) => stack.Stack.Tell(new LinkFailed(error), ActorRefs.NoSender);

    public void OnTimers()
    {
        var now = stack.Now;
        stack.Wheel.Advance(now, _tellOwner);
        _host.OnTime(now);
    }

    public void Add(Service service)
    {
        _host.Listen(service.Listener);
        _services.Add(service.Listener, service);
    }

    /// <summary>The service on a port; null where there is none.</summary>
    public Service? FindService(ushort port) => _host.FindListener(port) is { } listener ? _services[listener] : null;

    public void OnBurst(ReadOnlySpan<LinkFrame> frames)
    {
        var now = stack.Now;
        foreach (ref readonly var frame in frames)
        {
            try
            {
                Carry(_host.OnFrame(frame, now));
            }
            catch (Exception error)
            {
                // One packet must not cost the others their service.
                stack.Counters.Drop(DropReason.InternalError);
                stack.Errors.Error(error, "A packet of {0} bytes was dropped", frame.Length);
            }
        }

        foreach (var entry in _touched)
        {
            var burst = entry.Pending!;
            entry.Pending = null;
            entry.Actor!.Tell(burst, ActorRefs.NoSender);
        }

        _touched.Clear();
    }

    private void Carry(in HostVerdict verdict)
    {
        switch (verdict.Action)
        {
            case HostAction.Deliver:
                Deliver(((ActorOwner)verdict.Flow!.Owner).Entry, verdict.Frame);
                return;
            case HostAction.Forward:
                Forward((EngineOwner)verdict.Flow!.Owner, verdict.Frame);
                return;
            case HostAction.Report:
                Report(((ActorOwner)verdict.Flow!.Owner).Entry);
                return;
            case HostAction.Open:
                Open(verdict.Flow!);
                return;
            case HostAction.Respond:
                Link.SendBuffered(_host.Response);
                stack.Counters.SegmentsSent++;
                break;
            case HostAction.SendFrame:
                Link.SendFrame(verdict.Frame);
                verdict.Frame.Buffer.Release();
                return;
        }

        if (verdict.Reason is { } reason) _refusals.Note(reason, _host.Source);
    }

    private void Deliver(FlowEntry entry, in LinkFrame frame)
    {
        if (entry.Pending is null)
        {
            entry.Pending = stack.Bursts.Rent();
            _touched.Add(entry);
        }

        entry.Pending.Add(frame, _host.Segment);
    }

    private void Report(FlowEntry entry) =>
        entry.Actor!.Tell(new ConnectionProtocol.IcmpArrived(_host.Icmp), ActorRefs.NoSender);

    private static void Forward(EngineOwner owner, in LinkFrame frame)
    {
        owner.Engine.Forward(owner.Handle, frame);
        frame.Buffer.Release();
    }

    private void Open(Flow flow)
    {
        var service = _services[flow.Listener];
        stack.Admit(new FlowEntry(stack.NextId(), flow, service), service);
    }
}
