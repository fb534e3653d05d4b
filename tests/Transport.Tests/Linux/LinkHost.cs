using System.Collections.Concurrent;
using System.Diagnostics;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>The smallest host of the software stack: one thread, one link, every SYN is accepted.</summary>
internal sealed class LinkHost : IDisposable
{
    private readonly ILink _link;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Queue<Action> _whenDrained = [];
    private readonly Dictionary<FlowKey, HostedConnection> _connections = [];
    private readonly BlockingCollection<HostedConnection> _accepted = [];
    private readonly Random _random = new(1);
    private volatile bool _stopping;
    private Exception? _failure;

    public LinkHost(ILink link)
    {
        _link = link;
        Settings = TcpSettings.Default with { Mtu = link.Mtu, MaximumSegmentPayload = link.MaximumSegmentPayload };
        _thread = new Thread(Work) { IsBackground = true, Name = "link host" };
        _thread.Start();
    }

    public TcpSettings Settings { get; set; }

    public ILink Link => _link;

    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>The next connection that is established.</summary>
    public HostedConnection Accept() => _accepted.Take();

    public void OnEstablished(HostedConnection connection) => _accepted.Add(connection);

    public void Post(Action action)
    {
        _posted.Enqueue(action);
        _link.Wake();
    }

    /// <summary>On the host's thread: once no frame waits any more.</summary>
    public void WhenDrained(Action action) => _whenDrained.Enqueue(action);

    public Task<T> CallAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return done.Task;
    }

    public void Dispose()
    {
        _stopping = true;
        _link.Wake();
        _thread.Join();
        if (_failure is not null) throw new InvalidOperationException("the host's thread failed", _failure);
    }

    private void Work()
    {
        var frames = new LinkFrame[64];
        try
        {
            while (!_stopping)
            {
                while (_posted.TryDequeue(out var action)) action();
                var count = _link.Receive(frames);
                for (var i = 0; i < count; i++) OnFrame(frames[i]);
                TimeSpan? next = null;
                foreach (var connection in _connections.Values.ToArray())
                {
                    connection.OnTurnEnd(Now);
                    if (connection.NextDeadline is { } deadline && (next is null || deadline < next)) next = deadline;
                }

                if (count == 0) while (_whenDrained.TryDequeue(out var engage)) engage();
                if (count == 0 && _posted.IsEmpty)
                    _link.Wait(next is { } due ? TimeSpan.FromTicks(Math.Max(0, (due - Now).Ticks)) : Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception error)
        {
            _failure = error;
            _accepted.CompleteAdding();
        }
    }

    private void OnFrame(LinkFrame frame)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        if (packet.Kind != PacketKind.Tcp)
        {
            frame.Buffer.Release();
            return;
        }

        if (!_connections.TryGetValue(packet.Flow, out var connection) && packet.Tcp.Flags == TcpFlags.Syn)
        {
            connection = new HostedConnection(this, packet, new SequenceNumber((uint)_random.NextInt64()));
            _connections[packet.Flow] = connection;
            frame.Buffer.Release();
            return;
        }

        if (connection is null) frame.Buffer.Release();
        else connection.OnFrame(frame, packet.Tcp);
    }
}
