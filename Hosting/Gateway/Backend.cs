using System.Net;

namespace ActorStack.Hosting.Gateway;

/// <summary>One backend of a gateway: its connections and its health. Any thread may use it.</summary>
internal sealed class Backend(IPEndPoint endPoint)
{
    private readonly Lock _gate = new();
    private int _connections;
    private long _total;
    private long _failures;
    private int _streak;
    private volatile bool _isUp = true;

    public IPEndPoint EndPoint => endPoint;

    /// <summary>Connections of this process to it, those that are being opened included.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Connections that were opened to it.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>Connections to it that failed to open.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>It gets connections. A backend that nobody has checked yet is up.</summary>
    public bool IsUp => _isUp;

    public void Enter() => Interlocked.Increment(ref _connections);

    public void Leave() => Interlocked.Decrement(ref _connections);

    public void NoteOpened() => Interlocked.Increment(ref _total);

    public void NoteFailure() => Interlocked.Increment(ref _failures);

    /// <summary>Notes the result of a check. True: the backend has gone up or down by it.</summary>
    public bool Note(bool isGood, int rise, int fall)
    {
        lock (_gate)
        {
            _streak = isGood == _isUp ? 0 : _streak + 1;
            if (_streak < (isGood ? rise : fall)) return false;
            (_isUp, _streak) = (isGood, 0);
            return true;
        }
    }
}
