using System.Net.Sockets;
using ActorStack.Actors.Serialization.Messages;

namespace ActorStack.Actors.Cluster.Channel;

/// <summary>
/// Messages between two nodes over a connected stream socket, framed by <see cref="NodeFrame"/>. A message is written by the
/// thread that sends it, where the socket takes it at once; what does not fit is collected and leaves together as soon as there
/// is room. One thread reads and calls <see cref="Receive"/> directly. Any thread may send.
/// </summary>
/// <remarks>
/// A message of an unknown manifest, or of one that this build cannot read any more, is answered with
/// <see cref="NodeMessage.Unknown"/>. A damaged frame ends the channel, because nothing behind it can be trusted.
/// </remarks>
internal sealed class NodeChannel : IDisposable
{
    /// <summary>
    /// The most bytes that wait for a peer that does not read, twice the largest message. A message beyond them is dropped: its
    /// sender's time limit notices.
    /// </summary>
    public const int MostPending = 2 * NodeMessageCodec.MaximumLength;

    private const int ReadSize = 256 << 10;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<NodeMessage> _receive = static _ => { };
    private SendBacklog _pending = new();
    private SendBacklog _writing = new();
    private bool _isWriting;
    private volatile bool _dropsMessages;
    private volatile bool _isClosed;

    /// <summary>The channel owns the socket from now on.</summary>
    /// <param name="socket">A connected stream socket.</param>
    public NodeChannel(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false;
    }

    /// <summary>
    /// Ends after the last message was delivered, when the peer closed the channel, or it failed. The result is the failure;
    /// null: the peer or this side closed it in order.
    /// </summary>
    public Task<Exception?> Ended => _ended.Task;

    /// <summary>
    /// Called on the thread that reads, with each message in order. It must return soon, and must not throw. It may be set again
    /// between two messages.
    /// </summary>
    public Action<NodeMessage> Receive
    {
        get => Volatile.Read(ref _receive);
        set => Volatile.Write(ref _receive, value);
    }

    /// <summary>Whether the channel still takes messages.</summary>
    public bool IsOpen => !_dropsMessages;

    /// <summary>Starts the thread that reads. It is called once.</summary>
    /// <param name="name">The name of the thread.</param>
    public void Start(string name) => new Thread(Read) { IsBackground = true, Name = name }.Start();

    /// <summary>Sends a message; it never blocks. A channel that has ended drops it.</summary>
    /// <exception cref="ArgumentException">The message is larger than the largest one.</exception>
    public void Send(NodeMessage message)
    {
        var length = NodeFrame.Length(message);
        lock (_gate)
        {
            if (_dropsMessages || _pending.Count + (long)length > MostPending) return;
            NodeFrame.Write(message, _pending.Extend(length));
            if (_isWriting) return;
            _isWriting = true;
        }

        if (WriteAll()) return;
        ThreadPool.UnsafeQueueUserWorkItem(static channel => channel.WriteWhenPossible(), this, preferLocal: false);
    }

    /// <summary>Closes the channel. Messages that the socket has not taken yet are lost.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            (_isClosed, _dropsMessages) = (true, true);
        }

        try
        {
            _socket.Shutdown(SocketShutdown.Both); // wakes the thread that reads
        }
        catch (SocketException)
        {
            // The peer has closed it already.
        }

        _socket.Dispose();
    }

    /// <summary>
    /// Takes what arrived and ends the reading; for a peer that has ended, while something else holds its socket.
    /// </summary>
    public void EndReading()
    {
        try
        {
            if (!_isClosed) _socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }

    /// <summary>Writes all that waits. False: the socket takes no more for now, and this thread still is the writer.</summary>
    private bool WriteAll()
    {
        while (true)
        {
            if (_writing.Count == 0)
            {
                lock (_gate)
                {
                    if (_pending.Count == 0)
                    {
                        _isWriting = false;
                        return true;
                    }

                    (_pending, _writing) = (_writing, _pending);
                }
            }

            try
            {
                var sent = _socket.Send(_writing.First, SocketFlags.None, out var error);
                if (error == SocketError.WouldBlock) return false;
                if (error != SocketError.Success) return Abandon();
                _writing.Remove(sent);
            }
            catch (ObjectDisposedException)
            {
                return Abandon();
            }
        }
    }

    private void WriteWhenPossible()
    {
        try
        {
            while (!WriteAll()) _socket.Poll(PollInterval, SelectMode.SelectWrite);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            Abandon();
        }
    }

    /// <summary>The peer reads no more: what waits is dropped, and the thread that reads ends the channel.</summary>
    private bool Abandon()
    {
        lock (_gate)
        {
            (_pending, _writing) = (new SendBacklog(), new SendBacklog());
            _dropsMessages = true;
        }

        return true;
    }

    private void Read()
    {
        var received = new PendingBytes();
        Exception? failure = null;
        try
        {
            while (TryReceive(received)) Deliver(received);
            if (received.Count > 0) throw new FormatException($"truncated: {received.Count} bytes of a message arrived");
        }
        catch (Exception error) when (error is FormatException or SocketException or ObjectDisposedException)
        {
            if (!_isClosed || error is FormatException) failure = error;
        }

        Dispose();
        _ended.TrySetResult(failure);
    }

    /// <summary>Waits for bytes; false at the end of the stream.</summary>
    private bool TryReceive(PendingBytes received)
    {
        while (true)
        {
            var count = _socket.Receive(received.Room(ReadSize), SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                received.Add(count);
                return count > 0;
            }

            if (error != SocketError.WouldBlock) throw new SocketException((int)error);
            _socket.Poll(PollInterval, SelectMode.SelectRead);
        }
    }

    private void Deliver(PendingBytes received)
    {
        while (received.Count >= NodeFrame.HeaderLength && NodeFrame.ReadLength(received.Bytes) is var length)
        {
            if (received.Count < length) return;
            var frame = received.Bytes[..length];
            var (manifest, at) = NodeFrame.ReadManifest(frame);
            if (NodeMessageCodec.IsKnown(manifest)) Receive(NodeMessageCodec.Read(manifest, frame[at..]));
            else if (manifest != UnknownManifest) Send(new NodeMessage.Unknown(manifest, "this build does not know the message"));
            received.Remove(length);
        }
    }

    /// <summary>An answer to an answer would never end.</summary>
    private static string UnknownManifest { get; } = NodeMessageCodec.Manifest(new NodeMessage.Unknown("", ""));
}
