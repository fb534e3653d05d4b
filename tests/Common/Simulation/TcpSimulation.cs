using System.Buffers;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Simulation;

/// <summary>
/// Two connections under one virtual clock, joined by a seeded wire that loses, reorders and doubles segments. Everything that
/// happens follows from the settings, so a failed seed can be run again.
/// </summary>
public sealed class TcpSimulation
{
    private readonly SimulationSettings _settings;
    private readonly Random _random;
    private readonly PriorityQueue<(SimulatedEndpoint To, TcpSegment Segment), (TimeSpan At, long Order)> _wire = new();
    private readonly FlowKey _clientFlow;
    private long _order;

    public TcpSimulation(SimulationSettings settings)
    {
        _settings = settings;
        _random = new Random(settings.Seed);
        var (client, server) = settings.IPv6 ? ("fd00::1", "fd00::2") : ("10.0.0.1", "10.0.0.2");
        _clientFlow = new FlowKey(new TcpEndpoint(IpAddress.Parse(client), 40_000), new TcpEndpoint(IpAddress.Parse(server), 7));
        Client = new SimulatedEndpoint("client", settings, writeSalt: 1, readSalt: 2, settings.ClientBytes);
        Server = new SimulatedEndpoint("server", settings.ForServer(), writeSalt: 2, readSalt: 1, settings.ServerBytes);
    }

    public SimulatedEndpoint Client { get; }

    public SimulatedEndpoint Server { get; }

    public TimeSpan Now { get; private set; }

    public List<TraceEntry> Trace { get; } = [];

    /// <summary>Called after every input to an endpoint and before it transmits: the place for migrations.</summary>
    public Action<SimulatedEndpoint, TimeSpan>? AfterInput { get; set; }

    /// <summary>Called after an endpoint transmitted.</summary>
    public Action<SimulatedEndpoint, TimeSpan>? AfterOutput { get; set; }

    /// <summary>Asked for every wire segment; false drops it. The seeded impairments come after.</summary>
    public Func<SimulatedEndpoint, TcpSegment, bool>? Filter { get; set; }

    public void Connect()
    {
        if (_settings.FastOpen) Client.WriteEarly(1_000);
        Client.Connection = TcpConnection.Connect(
            _clientFlow, _settings.Tcp, Client.Send, Client.Receive, new SequenceNumber(_settings.ClientIss),
            _settings.ClientTimestampOffset, Now,
            _settings.FastOpen ? new FastOpenAttempt(new FastOpenCookie(new byte[8]), 1460) : null);
        Settle(Client);
    }

    /// <summary>Runs until <paramref name="done"/> or until nothing is left to happen. False: time ran out.</summary>
    public bool Run(TimeSpan limit, Func<bool> done)
    {
        var end = Now + limit;
        while (!done())
        {
            if (!Step(end)) return false;
        }

        return true;
    }

    /// <summary>The whole transfer until both sides read the other's last byte and its FIN.</summary>
    public bool RunTransfer(TimeSpan limit) => Run(limit, () => Client.HasReadAll && Server.HasReadAll);

    /// <summary>Injects a segment as if it came off the wire.</summary>
    public void Arrive(SimulatedEndpoint endpoint, in TcpSegment segment)
    {
        Input(endpoint, segment);
        Settle(endpoint);
    }

    /// <summary>Lets an endpoint transmit and its application run after an input made by the test itself.</summary>
    public void Settle(SimulatedEndpoint endpoint)
    {
        do
        {
            AfterInput?.Invoke(endpoint, Now);
            while (endpoint.Connection!.TryTransmit(Now, out var segment)) Transmit(endpoint, segment);
            endpoint.Connection.OnBurstEnd(Now);
            endpoint.TakeEvents();
            AfterOutput?.Invoke(endpoint, Now);
        }
        while (RunApplication(endpoint));
    }

    public override string ToString() => $"{_settings}\n{string.Join('\n', Trace.TakeLast(40))}";

    private bool RunApplication(SimulatedEndpoint endpoint)
    {
        var before = (endpoint.Send.Length, endpoint.Send.IsCompleted, endpoint.BytesRead, endpoint.Events);
        endpoint.RunApplication(Now);
        return before != (endpoint.Send.Length, endpoint.Send.IsCompleted, endpoint.BytesRead, endpoint.Events);
    }

    private bool Step(TimeSpan end)
    {
        var next = NextEvent();
        if (next is null || next > end) return false;
        if (next > Now) Now = next.Value;
        if (_wire.TryPeek(out var arrival, out var due) && due.At <= Now)
        {
            _wire.Dequeue();
            Arrive(arrival.To, arrival.Segment);
            return true;
        }

        foreach (var endpoint in (SimulatedEndpoint[])[Client, Server])
        {
            if (endpoint.Connection is null) continue;
            if (endpoint.Connection.NextDeadline <= Now) endpoint.Connection.OnTimer(Now);
            Settle(endpoint);
        }

        return true;
    }

    private TimeSpan? NextEvent()
    {
        TimeSpan? next = _wire.TryPeek(out _, out var due) ? due.At : null;
        TimeSpan?[] times =
            [Client.Connection?.NextDeadline, Server.Connection?.NextDeadline, Client.NextRead, Server.NextRead];
        foreach (var time in times)
        {
            if (time is { } at && (next is null || at < next)) next = at;
        }

        return next;
    }

    private void Input(SimulatedEndpoint endpoint, in TcpSegment segment)
    {
        if (endpoint.Connection is null)
        {
            if (!segment.Has(TcpFlags.Syn)) return;
            endpoint.Connection = TcpConnection.Accept(
                _clientFlow.Reversed, segment, _settings.ForServer().Tcp, endpoint.Send, endpoint.Receive,
                new SequenceNumber(_settings.ServerIss),
                TimeSpan.FromHours(1), Now, new FastOpenAnswer(segment.Options.HasFastOpen, null));
            return;
        }

        endpoint.Connection.OnSegment(segment, Now);
    }

    /// <summary>Cuts a segment as a link with segmentation offload does and puts the parts on the wire.</summary>
    private void Transmit(SimulatedEndpoint from, in OutboundSegment outbound)
    {
        var payload = outbound.Payload.ToArray();
        var size = Math.Max(1, outbound.MaximumPayload);
        for (var offset = 0; offset == 0 || offset < payload.Length; offset += size)
        {
            var part = payload.AsMemory(offset, Math.Min(size, payload.Length - offset));
            var last = offset + part.Length == payload.Length;
            var segment = new TcpSegment
            {
                Sequence = outbound.Sequence + offset,
                Acknowledgment = outbound.Acknowledgment,
                Flags = outbound.Flags & ~(last ? TcpFlags.None : TcpFlags.Fin | TcpFlags.Psh)
                    & ~(offset == 0 ? TcpFlags.None : TcpFlags.Cwr),
                Ecn = (EcnCodepoint)(outbound.TrafficClass & 3),
                Window = outbound.Window,
                Options = outbound.Options,
                Payload = part,
            };
            Record(from, segment);
            Carry(from, segment);
        }
    }

    private void Carry(SimulatedEndpoint from, TcpSegment segment)
    {
        if (_settings.Marking > 0 && segment.Ecn is EcnCodepoint.Ect0 && _random.NextDouble() < _settings.Marking)
            segment.Ecn = EcnCodepoint.CongestionExperienced;
        var to = from == Client ? Server : Client;
        if (Filter is not null && !Filter(from, segment)) return;
        if (_random.NextDouble() < _settings.Loss) return;
        var copies = _random.NextDouble() < _settings.Duplication ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            var late = _random.NextDouble() < _settings.Reordering ? _settings.Jitter * _random.NextDouble() : TimeSpan.Zero;
            _wire.Enqueue((to, segment), (Now + _settings.Delay + late, _order++));
        }
    }

    private void Record(SimulatedEndpoint from, in TcpSegment segment) => Trace.Add(new TraceEntry(
        Now, from.Name, segment.Sequence, segment.Acknowledgment, segment.Flags, segment.Payload.Length, segment.Window,
        segment.Options.TimestampValue, segment.Options.TimestampEcho, segment.Options.SackCount,
        segment.Options.SackCount > 0 ? segment.Options.Sack[0] : default, segment.Ecn));
}
