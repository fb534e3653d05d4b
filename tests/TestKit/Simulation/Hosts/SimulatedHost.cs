using System.Buffers;
using ActorStack.Transport.Host;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.TestKit.Simulation.Hosts;

/// <summary>
/// A <see cref="TcpHost"/> with its connections beside it: packets in, packets out, in virtual time, without actors.
/// </summary>
public sealed class SimulatedHost(HostSettings settings)
{
    private readonly List<SimulatedConnection> _connections = [];
    private readonly Queue<byte[]> _output = [];

    public TcpHost Host { get; } = new(settings);

    /// <summary>Connections whose flow is in the table.</summary>
    public IReadOnlyList<SimulatedConnection> Connections => _connections;

    /// <summary>When the next timer of a connection is due; null where none runs.</summary>
    public TimeSpan? NextDeadline => _connections.Min(connection => connection.Tcp.NextDeadline);

    /// <summary>Opens a port whose connections echo.</summary>
    public Listener Listen(ushort port, int backlog = 128)
    {
        var listener = new Listener(port, backlog, Host.Tcp, receiveCapacity: 64 * 1024);
        Host.Listen(listener);
        return listener;
    }

    /// <summary>Opens a connection that writes <paramref name="bytes"/> bytes and reads them back.</summary>
    public SimulatedConnection Connect(TcpEndpoint remote, long bytes, TimeSpan now)
    {
        var connector = new Listener(0, int.MaxValue, Host.Tcp, receiveCapacity: 64 * 1024);
        var opened = Host.Open(connector, remote, localAddress: null, localPort: 0, now);
        var flow = opened.Flow ?? throw new InvalidOperationException(opened.Message);
        var connection = new SimulatedConnection(flow, bytes);
        connection.Tcp = TcpConnection.Connect(
            flow.Key, Host.Tcp, connection.Send, connection.Receive, opened.Iss ?? Host.Sequences.Next(flow.Key, now),
            Host.Sequences.TimestampOffset(flow.Key), now, fastOpen: null);
        Begin(connection, now);
        return connection;
    }

    /// <summary>A packet arrives.</summary>
    public HostAction Arrive(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        var buffer = FrameBuffer.Rent();
        packet.CopyTo(buffer.Bytes);
        var verdict = Host.OnFrame(new LinkFrame(buffer, 0, packet.Length, ChecksumVerified: false, SegmentSize: 0), now);
        switch (verdict.Action)
        {
            case HostAction.Deliver:
                var connection = (SimulatedConnection)verdict.Flow!.Owner;
                connection.Tcp.OnSegment(Host.Segment, now);
                connection.Tcp.OnBurstEnd(now);
                verdict.Frame.Buffer.Release();
                Settle(connection, now);
                break;
            case HostAction.Report:
                var reported = (SimulatedConnection)verdict.Flow!.Owner;
                reported.Tcp.OnIcmp(Host.Icmp, now);
                Settle(reported, now);
                break;
            case HostAction.Open:
                Accept(verdict.Flow!, now);
                break;
            case HostAction.Respond:
                Emit(Host.Response);
                break;
            case HostAction.SendFrame:
                _output.Enqueue(verdict.Frame.Packet.ToArray());
                verdict.Frame.Buffer.Release();
                break;
        }

        return verdict.Action;
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

    private void Accept(Flow flow, TimeSpan now)
    {
        var pending = (PendingOwner)flow.Owner;
        var first = pending.First!;
        var connection = new SimulatedConnection(flow, toWrite: 0);
        var iss = first.Cookie?.Iss ?? first.Iss ?? Host.Sequences.Next(flow.Key, now);
        connection.Tcp = TcpConnection.Accept(
            flow.Key, first.Segment, flow.Listener.Tcp, connection.Send, connection.Receive, iss, Host.Sequences.TimestampOffset(flow.Key), now,
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
        if (connection.Tcp.State is TcpState.TimeWait) Host.TimeWaits.Add(connection.Tcp.Export(ExportScope.Bare, now), now);
        if (connection.Tcp.State is not (TcpState.Closed or TcpState.TimeWait)) return;
        connection.Flow.Depart(now);
        _connections.Remove(connection);
    }

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
