using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Migration;

/// <summary>Which connection an engine's handle names, and the other way round. Belongs to the loop's thread.</summary>
internal sealed class IdentifierMap
{
    private readonly Dictionary<string, (string Engine, EngineHandle Handle)> _byConnection = [];
    private readonly Dictionary<(string Engine, EngineHandle Handle), string> _byHandle = [];

    public int Count => _byConnection.Count;

    /// <summary>All pairs, as <c>connection</c>, engine, handle.</summary>
    public IEnumerable<(string Connection, string Engine, EngineHandle Handle)> All =>
        _byConnection.Select(pair => (pair.Key, pair.Value.Engine, pair.Value.Handle));

    public void Add(string connection, string engine, EngineHandle handle)
    {
        _byConnection.Add(connection, (engine, handle));
        _byHandle.Add((engine, handle), connection);
    }

    public void Remove(string connection)
    {
        if (_byConnection.Remove(connection, out var identity)) _byHandle.Remove(identity);
    }

    public bool TryFind(string connection, out (string Engine, EngineHandle Handle) identity) =>
        _byConnection.TryGetValue(connection, out identity);

    public string? Find(string engine, EngineHandle handle) => _byHandle.GetValueOrDefault((engine, handle));
}
