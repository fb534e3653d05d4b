using ActorStack.Transport.Buffers;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Support;

/// <summary>
/// An engine that really runs its connections, turned by the test, and misbehaves as it is told. It answers at once, from inside
/// the call, or when the test says so.
/// </summary>
internal sealed class FakeEngine(string name, ILink link, TcpSettings settings, TimeProvider time) : IOffloadEngine
{
    private readonly long _origin = time.GetTimestamp();
    private readonly Dictionary<EngineHandle, FakeEngineConnection> _connections = [];
    private long _lastHandle;

    public enum Answer
    {
        AtOnce,
        WhenTold,
        Never,
        Throw,
    }

    public string Name => name;

    public EngineCapabilities Capabilities { get; } = new(100, FidelityLedger.Exact);

    public FidelityLedger InitiateLedger { get; set; } = FidelityLedger.Exact;

    public FidelityLedger TerminateLedger { get; set; } = FidelityLedger.Exact;

    public int Count => _connections.Count;

    public TimeSpan Now => time.GetElapsedTime(_origin);

    public List<string> Calls { get; } = [];

    public bool IsDisposed { get; private set; }

    public Answer OnInitiate { get; set; }

    public Answer OnTerminate { get; set; }

    public Answer OnSalvage { get; set; }

    /// <summary>Not null: the answer to Initiate is this refusal.</summary>
    public RefusalReason? Refusal { get; set; }

    /// <summary>Received bytes that stay in the engine's own memory until its state is taken.</summary>
    public bool KeepsReceived { get; set; }

    public IEnumerable<FakeEngineConnection> Connections => _connections.Values;

    public FakeEngineConnection Single => _connections.Values.Single();

    public TimeSpan? NextDeadline => _connections.Values.Min(connection => connection.NextDeadline);

    public EngineHandle Initiate(ConnectionImage image, ConnectionBuffers buffers, IEngineEvents events)
    {
        Calls.Add(nameof(Initiate));
        if (OnInitiate == Answer.Throw) throw new InvalidOperationException("the driver crashed");
        var handle = new EngineHandle(++_lastHandle);
        var connection = new FakeEngineConnection(this, handle, image, buffers, events, link, settings);
        _connections.Add(handle, connection);
        if (OnInitiate == Answer.AtOnce) connection.AnswerInitiate();
        return handle;
    }

    public void Activate(EngineHandle handle)
    {
        Calls.Add(nameof(Activate));
        _connections[handle].Activate();
    }

    public void Engage(EngineHandle handle) => Calls.Add(nameof(Engage));

    public void Update(EngineHandle handle, SocketOptions options)
    {
        Calls.Add(nameof(Update));
        _connections[handle].Update(options);
    }

    public void Terminate(EngineHandle handle)
    {
        Calls.Add(nameof(Terminate));
        if (OnTerminate == Answer.Throw) throw new InvalidOperationException("the driver crashed");
        if (OnTerminate == Answer.AtOnce) _connections[handle].AnswerTerminate();
    }

    public void Invalidate(EngineHandle handle)
    {
        Calls.Add(nameof(Invalidate));
        if (_connections.Remove(handle, out var connection)) connection.IsDead = true;
    }

    public (ConnectionImage Image, FidelityLedger Ledger)? Salvage(EngineHandle handle)
    {
        Calls.Add(nameof(Salvage));
        if (OnSalvage == Answer.Throw) throw new InvalidOperationException("the driver crashed");
        if (!_connections.TryGetValue(handle, out var connection)) return null;
        if (OnSalvage == Answer.WhenTold) return null; // it gives back late
        if (OnSalvage == Answer.Never)
        {
            Invalidate(handle);
            return null;
        }

        return (connection.TakeState(), FidelityLedger.Exact.With("Congestion.Cwnd", Fidelity.Lost, "the device is gone"));
    }

    public void Forward(EngineHandle handle, in LinkFrame frame)
    {
        Calls.Add(nameof(Forward));
        if (_connections.TryGetValue(handle, out var connection)) connection.Forward(frame);
    }

    public bool TryQuery(EngineHandle handle, out EngineConnectionInfo info)
    {
        info = default;
        if (!_connections.TryGetValue(handle, out var connection) || connection.Info is not { } known) return false;
        info = known;
        return true;
    }

    public bool Turn()
    {
        var worked = false;
        foreach (var connection in _connections.Values.ToList()) worked |= connection.Turn();
        return worked;
    }

    public void Dispose() => IsDisposed = true;

    internal void Forget(EngineHandle handle) => _connections.Remove(handle);
}
