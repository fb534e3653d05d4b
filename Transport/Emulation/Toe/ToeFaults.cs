using ActorStack.Transport.Engines;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>
/// The faults of an emulated TOE, for tests, demonstrations and operators. Every member may be used from any thread.
/// </summary>
public sealed class ToeFaults
{
    private readonly Lock _gate = new();
    private readonly Queue<RefusalReason> _refusals = new();
    private readonly List<(UploadReason Reason, long AfterBytes)> _uploads = [];
    private int _lostInitiates;
    private int _lostTerminates;
    private long _resetAfter = -1;
    private bool _isTableFull;
    private bool _areRingsFull;
    private bool _isDeliveryStalled;
    private bool _isHung;
    private int _isChanged;

    /// <summary>Called on the thread that changed a fault.</summary>
    internal Action? Changed { get; set; }

    /// <summary>No table entry is free.</summary>
    public bool IsTableFull
    {
        get => Volatile.Read(ref _isTableFull);
        set
        {
            Volatile.Write(ref _isTableFull, value);
            Notify();
        }
    }

    /// <summary>Commands and completions find no room.</summary>
    public bool AreRingsFull
    {
        get => Volatile.Read(ref _areRingsFull);
        set
        {
            Volatile.Write(ref _areRingsFull, value);
            Notify();
        }
    }

    /// <summary>Received bytes stay in the ring: the host does not move them to the application.</summary>
    public bool IsDeliveryStalled
    {
        get => Volatile.Read(ref _isDeliveryStalled);
        set
        {
            Volatile.Write(ref _isDeliveryStalled, value);
            Notify();
        }
    }

    /// <summary>The device does nothing any more.</summary>
    public bool IsHung
    {
        get => Volatile.Read(ref _isHung);
        set
        {
            Volatile.Write(ref _isHung, value);
            Notify();
        }
    }

    /// <summary>The next connection is refused.</summary>
    public void RefuseNext(RefusalReason reason)
    {
        lock (_gate) _refusals.Enqueue(reason);
    }

    /// <summary>
    /// The device asks to be rid of the first connection that has moved <paramref name="afterBytes"/>, counted in both directions
    /// since its activation.
    /// </summary>
    public void RequestUpload(UploadReason reason, long afterBytes = 0)
    {
        lock (_gate) _uploads.Add((reason, afterBytes));
        Notify();
    }

    /// <summary>
    /// The device loses its whole state when a connection has moved <paramref name="afterBytes"/>; it works on with an empty
    /// table.
    /// </summary>
    public void ResetDevice(long afterBytes = 0)
    {
        Interlocked.Exchange(ref _resetAfter, afterBytes);
        Notify();
    }

    /// <summary>The next Initiate succeeds in the device, and the host never hears of it.</summary>
    public void LoseInitiate() => Interlocked.Increment(ref _lostInitiates);

    /// <summary>The next Terminate succeeds in the device, and the host never hears of it.</summary>
    public void LoseTerminate() => Interlocked.Increment(ref _lostTerminates);

    /// <summary>True once after a change: the device then looks at all its connections.</summary>
    internal bool TryTakeChange() => Interlocked.Exchange(ref _isChanged, 0) != 0;

    internal bool TryTakeRefusal(out RefusalReason reason)
    {
        lock (_gate) return _refusals.TryDequeue(out reason);
    }

    internal bool TryTakeUpload(long bytes, out UploadReason reason)
    {
        lock (_gate)
        {
            var index = _uploads.FindIndex(upload => bytes >= upload.AfterBytes);
            reason = index < 0 ? default : _uploads[index].Reason;
            if (index >= 0) _uploads.RemoveAt(index);
            return index >= 0;
        }
    }

    internal bool TryTakeReset(long bytes)
    {
        var after = Interlocked.Read(ref _resetAfter);
        return after >= 0 && bytes >= after && Interlocked.CompareExchange(ref _resetAfter, -1, after) == after;
    }

    internal bool TryTakeLostInitiate() => TryTake(ref _lostInitiates);

    internal bool TryTakeLostTerminate() => TryTake(ref _lostTerminates);

    private static bool TryTake(ref int count)
    {
        if (Volatile.Read(ref count) == 0) return false;
        Interlocked.Decrement(ref count);
        return true;
    }

    private void Notify()
    {
        Volatile.Write(ref _isChanged, 1);
        Changed?.Invoke();
    }
}
