using System.Buffers;
using ActorStack.Transport.Host;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Simulation.Hosts;

/// <summary>
/// A host with its connections beside it: packets in, packets out, in virtual time, without actors. With several loops it has a
/// <see cref="TcpHost"/> for each, and packets come in by their queues in turn, so that many come in by the wrong one.
/// </summary>
public sealed class SimulatedHost
{
    private readonly List<SimulatedConnection> _connections = [];
    private readonly Queue<byte[]> _output = [];
    private readonly TcpHost[] _hosts;
    private int _nextQueue;
    private int _nextOpener;

    /// <param name="settings">The addresses and limits.</param>
    /// <param name="loops">How many loops it has.</param>
    public SimulatedHost(HostSettings settings, int loops = 1)
    {
        var shared = new HostShared(settings, new FlowSpread(loops, (ulong)(settings.Seed ?? 0)));
        _hosts = [.. Enumerable.Range(0, loops).Select(index => new TcpHost(shared, index))];
    }

    /// <summary>The host of the first loop.</summary>
    public TcpHost Host => _hosts[0];

    /// <summary>The hosts of all loops.</summary>
    public IReadOnlyList<TcpHost> Hosts => _hosts;

    /// <summary>Connections whose flow is in the table.</summary>
    public IReadOnlyList<SimulatedConnection> Connections => _connections;

    /// <summary>When the next timer of a connection is due; null where none runs.</summary>
    public TimeSpan? NextDeadline => _connections.Min(connection => connection.Tcp.NextDeadline);

    /// <summary>Opens a port whose connections echo.</summary>
    public Listener Listen(ushort port, int backlog = 128)
    {
        var listener = new Listener(port, backlog, Host.Tcp, receiveCapacity: 64 * 1024);
        foreach (var host in _hosts) host.Listen(listener.On(host));
        return listener;
    }

    /// <summary>Opens a connection that writes <paramref name="bytes"/> bytes and reads them back.</summary>
    public SimulatedConnection Connect(TcpEndpoint remote, long bytes, TimeSpan now)
    {
        var host = _hosts[_nextOpener++ % _hosts.Length];
        var connector = new Listener(0, int.MaxValue, host.Tcp, receiveCapacity: 64 * 1024);
        var opened = host.Open(connector, remote, localAddress: null, localPort: 0, now);
        var flow = opened.Flow ?? throw new InvalidOperationException(opened.Message);
        var connection = new SimulatedConnection(flow, bytes);
        connection.Tcp = TcpConnection.Connect(
            flow.Key, host.Tcp, connection.Send, connection.Receive, opened.Iss ?? Host.Sequences.Next(flow.Key, now),
            Host.Sequences.TimestampOffset(flow.Key), now, fastOpen: null);
        Begin(connection, now);
        return connection;
    }

    /// <summary>A packet arrives, by the queue whose turn it is.</summary>
    public HostAction Arrive(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        var buffer = FrameBuffer.Rent();
        packet.CopyTo(buffer.Bytes);
        var frame = new LinkFrame(buffer, 0, packet.Length, ChecksumVerified: false, SegmentSize: 0);
        return Arrive(_hosts[_nextQueue++ % _hosts.Length], frame, now);
    }

    /// <summary>Fires the timers that are due.</summary>
    public void OnTime(TimeSpan now)
    {
        foreach (var connection in _connections.Where(connection => connection.Tcp.NextDeadline <= now).ToList())
        {
            connection.Tcp.OnTimer(now);
            Settle(connection, now);
        }
    }

    /// <summary>Aborts all connections.</summary>
    public void Reset(TimeSpan now)
    {
        foreach (var connection in _connections.ToList())
        {
            connection.Tcp.Abort(new IOException("the simulation ends it"), now);
            Settle(connection, now);
        }
    }

    /// <summary>The next packet that was sent; null where there is none.</summary>
    public byte[]? TakeOutput() => _output.TryDequeue(out var packet) ? packet : null;

    private HostAction Arrive(TcpHost host, in LinkFrame frame, TimeSpan now)
    {
        var verdict = host.OnFrame(frame, now);
        switch (verdict.Action)
        {
            case HostAction.HandOver:
                return Arrive(_hosts[host.Destination], verdict.Frame, now);
            case HostAction.Deliver:
                var connection = (SimulatedConnection)verdict.Flow!.Owner;
                connection.Tcp.OnSegment(host.Segment, now);
                connection.Tcp.OnBurstEnd(now);
                verdict.Frame.Buffer.Release();
                Settle(connection, now);
                break;
            case HostAction.Report:
                var reported = (SimulatedConnection)verdict.Flow!.Owner;
                reported.Tcp.OnIcmp(host.Icmp, now);
                Settle(reported, now);
                break;
            case HostAction.Open:
                Accept(verdict.Flow!, now);
                break;
            case HostAction.Respond:
                Emit(host.Response);
                break;
            case HostAction.SendFrame:
                _output.Enqueue(verdict.Frame.Packet.ToArray());
                verdict.Frame.Buffer.Release();
                break;
        }

        return verdict.Action;
    }

    private void Accept(Flow flow, TimeSpan now)
    {
        var pending = (PendingOwner)flow.Owner;
        var first = pending.First!;
        var connection = new SimulatedConnection(flow, toWrite: 0);
        var iss = first.Cookie?.Iss ?? first.Iss ?? Host.Sequences.Next(flow.Key, now);
        connection.Tcp = TcpConnection.Accept(
            flow.Key, first.Segment, flow.Listener.Tcp, connection.Send, connection.Receive, iss,
            Host.Sequences.TimestampOffset(flow.Key), now,
            first.FastOpen);
        if (first.Cookie is { } cookie) connection.Tcp.OnCookieAcknowledged(cookie.Acknowledge(first.Segment), now);
        foreach (var frame in pending.Held)
        {
            PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
            connection.Tcp.OnSegment(packet.Tcp, now);
        }

        Begin(connection, now);
        pending.Release();
    }

    private void Begin(SimulatedConnection connection, TimeSpan now)
    {
        connection.Flow.Become(connection);
        _connections.Add(connection);
        Settle(connection, now);
    }

    private void Settle(SimulatedConnection connection, TimeSpan now)
    {
        do
        {
            while (connection.Tcp.TryTransmit(now, out var segment)) Emit(segment);
        }
        while (connection.RunApplication(now));

        if (connection.Tcp.State is not TcpState.SynReceived and not TcpState.SynSent) connection.Flow.EndHandshake();
        if (connection.Tcp.State is TcpState.TimeWait)
            HostOf(connection).TimeWaits.Add(connection.Tcp.Export(ExportScope.Bare, now), now);
        if (connection.Tcp.State is not (TcpState.Closed or TcpState.TimeWait)) return;
        connection.Flow.Depart(now);
        _connections.Remove(connection);
    }

    private TcpHost HostOf(SimulatedConnection connection) => _hosts[Host.Shared.Spread.IndexOf(connection.Flow.Key)];

    /// <summary>Cuts a segment as a link with segmentation offload does.</summary>
    private void Emit(in OutboundSegment segment)
    {
        var cutter = new SegmentCutter(segment);
        while (cutter.TryNext(out var part))
        {
            var packet = new byte[PacketWriter.MaximumHeader + (int)part.Payload.Length];
            var length = PacketWriter.WriteHeaders(packet, part, ChecksumMode.Full);
            part.Payload.CopyTo(packet.AsSpan(length));
            _output.Enqueue(packet[..(length + (int)part.Payload.Length)]);
        }
    }
}
