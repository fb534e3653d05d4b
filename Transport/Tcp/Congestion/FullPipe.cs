namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// Detects that the pipe is full (draft-ietf-ccwg-bbr section 5.3.1.2): for three rounds the delivery rate did not grow by a
/// quarter.
/// </summary>
internal struct FullPipe
{
    private const int Rounds = 3;
    private long _bandwidth;
    private int _rounds;

    /// <summary>The pipe is full now: this probe may end.</summary>
    public bool IsFull;

    /// <summary>The pipe was found full at least once.</summary>
    public bool WasFull;

    /// <summary>The rate did not grow by a quarter in the last round.</summary>
    public readonly bool IsSlowing => _rounds > 0;

    public void Reset(long bandwidth)
    {
        _bandwidth = bandwidth;
        _rounds = 0;
        IsFull = false;
    }

    /// <summary>A round ended whose rate the application did not limit.</summary>
    public void OnRound(long bandwidth)
    {
        if (IsFull) return;
        if (bandwidth >= _bandwidth + _bandwidth / 4)
        {
            Reset(bandwidth);
            return;
        }

        IsFull = ++_rounds >= Rounds;
        WasFull |= IsFull;
    }

    public void Carry(ref NumberCarrier numbers)
    {
        numbers.Carry(ref _bandwidth, 0, Bbr.MaximumBandwidth);
        numbers.Carry(ref _rounds, 0, Rounds);
        numbers.Carry(ref IsFull);
        numbers.Carry(ref WasFull);
    }
}
