using ActorStack.Actors.Loop;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.Links;
using ActorStack.Transport.Timing;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Passes frames from the link to the actors. The host gives a verdict on each frame, and the demultiplexer carries it out.
/// Each connection gets one message for all its segments of a burst. Frames of a steered flow go to the engine directly, and
/// frames of another loop's flow go to that loop.
/// </summary>
internal sealed class Demultiplexer(LoopContext loop) : ILoopLink
{
    private readonly StackShared _stack = loop.Stack;
    private readonly TcpHost _host = loop.Host;
    private readonly Dictionary<Listener, LoopService> _services = [];
    private readonly List<FlowEntry> _touched = new(EventLoop.BurstSize);
    private readonly OutgoingHandOvers _handOvers = new(loop);
    private readonly Action<TimerNode> _tellOwner = static node =>
        ((IActorRef)node.Owner).Tell(TimerFired.Instance, ActorRefs.NoSender);

    public ILink Link => loop.Link;

    /// <summary>Gets back, from now on, the frames of flows that no other node has.</summary>
    public void TakeOwnerless()
    {
        if (loop.UnknownFlows is { } unknown) unknown.Ownerless = OnOwnerless;
    }

    public TimeSpan UntilNextTimer
    {
        get
        {
            var next = Earlier(loop.Wheel.NextDeadline, _host.NextDeadline);
            if (loop.UnknownFlows is { } unknown) next = Earlier(next, unknown.NextDeadline);
            if (loop.Announcer is { } announcer) next = Earlier(next, announcer.NextDeadline);
            if (next is not { } deadline) return Timeout.InfiniteTimeSpan;
            var left = deadline - _stack.Now;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public TimeSpan Now => _stack.Now;

    public void OnDrained() => loop.Engaging.OnDrained();

    public void OnLost(Exception error) => _stack.Actor.Tell(new LinkFailed(error), ActorRefs.NoSender);

    public void OnTimers(TimeSpan now)
    {
        loop.ReadAt = now;
        loop.Wheel.Advance(now, _tellOwner);
        _host.OnTime(now);
        while (_host.TryTakeForwarded(now, out var flow)) loop.EndForwarding(flow.Key);
        loop.UnknownFlows?.OnTime(now);
        loop.Announcer?.OnTime(now);
    }

    public void Add(LoopService service)
    {
        if (!service.Service.Settings.IsConnector) _host.Listen(service.Listener);
        _services.Add(service.Listener, service);
    }

    /// <summary>Closes the port of a service. Its connections go on.</summary>
    public void Remove(Service service)
    {
        if (_services.Values.FirstOrDefault(one => one.Service == service) is not { } bound) return;
        _host.Unlisten(bound.Listener);
        _services.Remove(bound.Listener);
        bound.Actor.Tell(Unbound.Instance, ActorRefs.NoSender);
    }

    /// <summary>The service that goes on with connections of other nodes' service of the same name.</summary>
    public LoopService? FindService(string name) => _services.Values.FirstOrDefault(
        one => one.Service.Settings is { Application: not null } settings && settings.Name == name);

    public void OnBurst(ReadOnlySpan<LinkFrame> frames)
    {
        var now = _stack.Now;
        foreach (ref readonly var frame in frames)
        {
            try
            {
                Carry(_host.OnFrame(frame, now));
            }
            catch (Exception error)
            {
                // A fault that one packet causes must not end the service for the others.
                loop.Counters.Drop(DropReason.InternalError);
                _stack.Errors.Error(error, "A packet of {0} bytes was dropped", frame.Length);
            }
        }

        TellTouched();
        _handOvers.Flush();
    }

    private void TellTouched()
    {
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
                Forward(verdict.Flow!, verdict.Frame);
                return;
            case HostAction.Ask:
                loop.UnknownFlows!.OnFrame(_host.UnknownFlow, verdict.Frame);
                return;
            case HostAction.HandOver:
                _handOvers.Add(_host.Destination, verdict.Frame);
                return;
            case HostAction.Report:
                Report(((ActorOwner)verdict.Flow!.Owner).Entry);
                return;
            case HostAction.Open:
                Open(verdict.Flow!);
                return;
            case HostAction.Respond:
                Link.SendBuffered(_host.Response);
                loop.Counters.SegmentsSent++;
                break;
            case HostAction.SendFrame:
                Link.SendFrame(verdict.Frame);
                verdict.Frame.Buffer.Release();
                return;
        }

        if (verdict.Reason is { } reason) _stack.Refusals.Note(reason, _host.Source);
    }

    /// <summary>Handles a frame that was held while the directory was asked for the owner of its flow.</summary>
    private void OnOwnerless(LinkFrame frame)
    {
        Carry(_host.OnOwnerlessFrame(frame, _stack.Now));
        TellTouched();
    }

    private void Deliver(FlowEntry entry, in LinkFrame frame)
    {
        if (entry.Pending is null)
        {
            entry.Pending = loop.Bursts.Rent();
            _touched.Add(entry);
        }

        entry.Pending.Add(frame, _host.Segment);
    }

    private void Report(FlowEntry entry) =>
        entry.Actor!.Tell(new ConnectionProtocol.IcmpArrived(_host.Icmp), ActorRefs.NoSender);

    private void Forward(Flow flow, in LinkFrame frame)
    {
        if (flow.Owner is EngineOwner owner) owner.Engine.Forward(owner.Handle, frame);
        else _stack.Forwarder!.Forward(flow.Key, ((NodeOwner)flow.Owner).Node, frame);
        frame.Buffer.Release();
    }

    private static TimeSpan? Earlier(TimeSpan? one, TimeSpan? other) => other < one ? other : one ?? other;

    private void Open(Flow flow)
    {
        var service = _services[flow.Listener];
        loop.Admit(new FlowEntry(_stack.NextId(), flow, service), service.Actor);
    }
}
