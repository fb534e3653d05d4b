using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>
/// The driver's work at each step: doorbells, completions of the device, and commands that wait for room in the ring.
/// </summary>
public sealed partial class EmulatedToe
{
    /// <summary>Runs driver and device. Returns the time until the next deadline; null: there is none.</summary>
    public TimeSpan? Step()
    {
        var now = Now;
        for (var left = _doorbells.Count; left > 0 && _doorbells.TryDequeue(out var connection); left--) Attend(connection);
        var next = _device.Step(now);
        foreach (var pair in _device.Served)
        {
            if (_connections.TryGetValue(pair.Handle, out var connection)) OnServed(connection);
        }

        while (_device.TryTake(out var completion)) Complete(completion);
        if (_device.Generation != _generation) OnReset();
        var hasPosted = _watched.Count > 0 && Watch(now);
        if (hasPosted || !_doorbells.IsEmpty || next <= now) return TimeSpan.Zero;
        var pause = next - now;
        return _watched.Count > 0 && !(pause < WatchInterval) ? WatchInterval : pause;
    }

    private void Attend(HostConnection connection)
    {
        connection.ClearRung();
        lock (connection.Pair.Gate)
        {
            PostPending(connection);
            Pump(connection);
        }
    }

    /// <summary>True where there was a command, and it is in the ring now.</summary>
    private bool PostPending(HostConnection connection)
    {
        if (connection.Pending is not { } kind) return false;
        if (_device.TryPost(new ToeCommand(kind, connection.Pair)))
        {
            connection.Pending = null;
            return true;
        }

        _watched.Add(connection);
        return false;
    }

    private void Pump(HostConnection connection)
    {
        if (connection.Pump()) _device.Ring(connection.Pair);
        if (connection.WantsToClose) Wish(connection, UploadReason.ApplicationClosing, "the application closed");
    }

    /// <summary>The device's interrupt: bytes arrived, bytes were acknowledged.</summary>
    private void OnServed(HostConnection connection)
    {
        lock (connection.Pair.Gate)
        {
            if (connection.Pair.IsFenced) return;
            if (Faults.IsDeliveryStalled) _watched.Add(connection);
            else connection.Deliver();
            Pump(connection);
        }
    }

    private void Complete(in ToeCompletion completion)
    {
        var handle = completion.Handle;
        if (!_connections.TryGetValue(handle, out var connection)) return;
        switch (completion.Kind)
        {
            case ToeCompletionKind.Initiated:
                connection.Events.Initiated(handle, completion.Ledger ?? FidelityLedger.Exact);
                break;
            case ToeCompletionKind.Refused:
                _connections.TryRemove(handle, out _);
                connection.Events.Refused(handle, completion.Refusal, completion.Detail);
                break;
            case ToeCompletionKind.UploadRequested:
                Wish(connection, completion.Upload, completion.Detail);
                break;
            case ToeCompletionKind.Terminated when _connections.TryRemove(handle, out _):
                OnTerminated(connection, completion);
                break;
            case ToeCompletionKind.Aborted when _connections.TryRemove(handle, out _):
                OnAborted(connection, completion.Error);
                break;
        }
    }

    private void OnTerminated(HostConnection connection, in ToeCompletion completion)
    {
        connection.Events.Frozen(connection.Pair.Handle);
        var image = _transfer.Read(completion.Record, completion.Payload!, out var ledger);
        lock (connection.Pair.Gate) connection.Detach(image.State);
        connection.Events.Terminated(connection.Pair.Handle, image, ledger);
    }

    private static void OnAborted(HostConnection connection, Exception? error)
    {
        lock (connection.Pair.Gate)
        {
            connection.Deliver();
            connection.Detach();
        }

        connection.Events.Aborted(connection.Pair.Handle, error ?? new IOException("both sides closed the connection"));
    }

    private void OnReset()
    {
        Volatile.Write(ref _generation, _device.Generation);
        foreach (var connection in _connections.Values.Where(connection => connection.Generation < _generation))
            Wish(connection, UploadReason.EngineLost, "the device was reset", replace: true);
    }

    private void Wish(HostConnection connection, UploadReason reason, string detail, bool replace = false)
    {
        if (connection.Wish is not null && !replace) return;
        connection.Wish = (reason, detail);
        connection.AskAt = TimeSpan.MinValue;
        _watched.Add(connection);
    }

    /// <summary>
    /// Repeats commands that found no room in the ring, and requests to upload, which the host may have rolled back. True where
    /// the device got a command.
    /// </summary>
    private bool Watch(TimeSpan now)
    {
        var hasPosted = false;
        foreach (var connection in _watched.ToArray())
        {
            var handle = connection.Pair.Handle;
            if (connection.Wish is var (reason, detail) && now >= connection.AskAt && _connections.ContainsKey(handle))
            {
                connection.AskAt = now + _options.AskAgain;
                connection.Events.UploadRequested(handle, reason, detail);
            }

            lock (connection.Pair.Gate)
            {
                hasPosted |= PostPending(connection);
                if (!Faults.IsDeliveryStalled && !connection.Pair.IsFenced) connection.Deliver();
                var isWaiting = connection.Pending is not null || (Faults.IsDeliveryStalled && _connections.ContainsKey(handle));
                if (!isWaiting && (connection.Wish is null || !_connections.ContainsKey(handle))) _watched.Remove(connection);
            }
        }

        return hasPosted;
    }
}
