using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Migration;

/// <summary>Maps connections to the handles of engines and back. Any thread may use it.</summary>
internal sealed class IdentifierMap
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Engine, EngineHandle Handle)> _byConnection = [];
    private readonly Dictionary<(string Engine, EngineHandle Handle), string> _byHandle = [];

    /// <summary>All pairs, as connection, engine and handle.</summary>
    public IReadOnlyList<(string Connection, string Engine, EngineHandle Handle)> All
    {
        get
        {
            lock (_gate) return [.. _byConnection.Select(pair => (pair.Key, pair.Value.Engine, pair.Value.Handle))];
        }
    }

    public void Add(string connection, string engine, EngineHandle handle)
    {
        lock (_gate)
        {
            _byConnection.Add(connection, (engine, handle));
            _byHandle.Add((engine, handle), connection);
        }
    }

    public void Remove(string connection)
    {
        lock (_gate)
        {
            if (_byConnection.Remove(connection, out var identity)) _byHandle.Remove(identity);
        }
    }

    public bool TryFind(string connection, out (string Engine, EngineHandle Handle) identity)
    {
        lock (_gate) return _byConnection.TryGetValue(connection, out identity);
    }
}
