using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>
/// An attack by connections that are open, from many sources: the handshakes first, then what the attack is about.
/// </summary>
/// <param name="link">The attacker's link.</param>
/// <param name="port">Of the service attacked.</param>
/// <param name="count">Connections to open.</param>
/// <param name="window">Announced, unscaled.</param>
internal abstract class ConnectedAttack(AttackLink link, ushort port, int count, ushort window) : Attack(link)
{
    /// <summary>Of one source, so that the sources' own limits are not what ends the attack.</summary>
    private const int PerSource = 100;

    /// <summary>Handshakes under way at once.</summary>
    private const int MostOpening = 200;

    private readonly Dictionary<FlowKey, RawConnection> _connections = [];
    private readonly List<RawConnection> _open = [];
    private bool _isEnding;

    public override int Connections => _open.Count;

    protected IReadOnlyList<RawConnection> Open => _open;

    /// <summary>Bytes in the service's own buffers at most, where its application waits: one way, at first.</summary>
    protected static long BufferEach => 2 * 128 * 1024;

    public sealed override void Step()
    {
        if (_connections.Count < count && _connections.Count - _open.Count < MostOpening) OpenOne();
        else if (_open.Count > 0) Harm(_open[Random.Next(_open.Count)]);
    }

    public sealed override void OnSegment(in FlowKey flow, in TcpSegment segment)
    {
        if (!_connections.TryGetValue(flow, out var connection)) return;
        if (_isEnding)
        {
            // A challenge tells the number at which a reset is believed.
            if (!segment.Has(TcpFlags.Rst)) Reset(flow, segment.Acknowledgment);
        }
        else if (segment.Has(TcpFlags.Rst))
        {
            _connections.Remove(flow);
            _open.Remove(connection);
        }
        else if (segment.Has(TcpFlags.Syn) && !connection.IsOpen)
        {
            connection.IsOpen = true;
            connection.Next += 1;
            connection.Expected = segment.End;
            _open.Add(connection);
            Acknowledge(connection);
        }
        else if (connection.IsOpen)
        {
            OnText(connection, segment);
        }
    }

    public override void End()
    {
        _isEnding = true;
        foreach (var connection in _connections.Values) Reset(connection.Flow, connection.Next);
    }

    protected abstract void Harm(RawConnection connection);

    protected virtual void OnText(RawConnection connection, in TcpSegment segment)
    {
    }

    protected void Acknowledge(RawConnection connection) =>
        Link.Send(connection.Flow, TcpFlags.Ack, connection.Next, connection.Expected, window);

    protected void Send(RawConnection connection, SequenceNumber start, ReadOnlyMemory<byte> text) =>
        Link.Send(connection.Flow, TcpFlags.Ack, start, connection.Expected, window, text);

    private void Reset(in FlowKey flow, SequenceNumber sequence) => Link.Send(flow, TcpFlags.Rst, sequence, default);

    private void OpenOne()
    {
        var number = _connections.Count;
        var local = new TcpEndpoint(AttackLink.Source(number / PerSource << 8 | 1), (ushort)(10_000 + number));
        var connection = new RawConnection(new FlowKey(local, new TcpEndpoint(AttackLink.Service, port)), AnyNumber());
        _connections[connection.Flow] = connection;
        Link.Send(connection.Flow, TcpFlags.Syn, connection.Next, default, window,
            options: new TcpOptions { MaximumSegmentSize = AttackLink.Mss });
    }
}
