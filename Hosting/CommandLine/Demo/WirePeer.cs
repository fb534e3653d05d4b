using System.Diagnostics;
using System.IO.Pipelines;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Demo;

/// <summary>
/// The smallest host of one <see cref="TcpConnection"/>: a client at the far end of a link, on its own thread.
/// </summary>
internal sealed class WirePeer : IBufferObserver, IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly ILink _link;
    private readonly Thread _thread;
    private readonly ConnectionBuffers _buffers = new(ConnectionBufferOptions.Default);
    private readonly TaskCompletionSource _established = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LinkFrame[] _frames = new LinkFrame[64];
    private readonly TcpConnection _connection;
    private readonly long _origin = Stopwatch.GetTimestamp();
    private volatile bool _wrote;
    private volatile bool _read;
    private volatile bool _disposed;

    public WirePeer(ILink link, TcpEndpoint local, TcpEndpoint remote)
    {
        _link = link;
        _buffers.Observer = this;
        var settings = TcpSettings.Default with { Mtu = link.Mtu, MaximumSegmentPayload = link.MaximumSegmentPayload };
        var iss = new SequenceNumber((uint)Random.Shared.NextInt64(1L << 32));
        _connection = TcpConnection.Connect(
            new FlowKey(local, remote), settings, _buffers.Send, _buffers.Receive, iss, TimeSpan.Zero, Now);
        _thread = new Thread(Run) { IsBackground = true, Name = "wire peer" };
        _thread.Start();
    }

    public Task Established => _established.Task;

    public IDuplexPipe Pipe => _buffers.Application;

    private TimeSpan Now => Stopwatch.GetElapsedTime(_origin);

    public void OnApplicationWrote()
    {
        _wrote = true;
        _link.Wake();
    }

    public void OnApplicationRead()
    {
        _read = true;
        _link.Wake();
    }

    public void Dispose()
    {
        _disposed = true;
        _link.Wake();
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            Serve();
        }
        catch (Exception error)
        {
            // An exception that leaves the thread would end the process, so the user of the connection gets it.
            Fail(error);
        }
    }

    private void Serve()
    {
        while (!_disposed)
        {
            TakeSegments();
            TakeApplication();
            if (_connection.NextDeadline <= Now) _connection.OnTimer(Now);
            while (_connection.TryTransmit(Now, out var segment)) _link.Send(segment);
            if (TellEvents()) return;
            _link.Wait(TimeUntilDeadline());
        }
    }

    private void TakeSegments()
    {
        int count;
        while ((count = _link.Receive(_frames)) > 0)
        {
            foreach (var frame in _frames.AsSpan(0, count))
            {
                PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
                if (packet.Kind == PacketKind.Tcp && packet.Flow == _connection.Flow) _connection.OnSegment(packet.Tcp, Now);
                frame.Buffer.Release();
            }

            _connection.OnBurstEnd(Now);
            while (_connection.TryTransmit(Now, out var segment)) _link.Send(segment);
        }
    }

    private void TakeApplication()
    {
        if (_wrote)
        {
            _wrote = false;
            _buffers.Send.Refresh();
            _connection.OnApplicationWrote(Now);
        }

        if (!_read) return;
        _read = false;
        _connection.OnApplicationRead(Now);
    }

    private bool TellEvents()
    {
        var events = _connection.TakeEvents();
        if (events.HasFlag(TcpEvents.Established)) _established.TrySetResult();
        if (!events.HasFlag(TcpEvents.Closed) && !events.HasFlag(TcpEvents.TimeWait)) return false;
        if (_connection.Error is { } error) Fail(error);
        else _buffers.Send.Close();
        return true;
    }

    private void Fail(Exception error)
    {
        _established.TrySetException(error);
        _buffers.Receive.Fail(error);
        _buffers.Send.Close();
    }

    private TimeSpan TimeUntilDeadline()
    {
        var left = (_connection.NextDeadline ?? Now + LongestWait) - Now;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < LongestWait ? left : LongestWait;
    }
}
