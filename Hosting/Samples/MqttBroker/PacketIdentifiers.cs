namespace ActorStack.Samples.MqttBroker;

/// <summary>
/// The packet identifiers of messages on their way to a client. MQTTnet counts anew in each process, so that its identifiers may
/// be those of messages that an earlier process sent and that the client has not acknowledged. The client therefore sees others.
/// </summary>
/// <param name="inFlight">Those that an earlier process used, and that the client has not acknowledged.</param>
internal sealed class PacketIdentifiers(IEnumerable<ushort> inFlight)
{
    /// <summary>The client's identifiers and those of MQTTnet; null: an earlier process sent the message.</summary>
    private readonly Dictionary<ushort, ushort?> _byClient = inFlight.ToDictionary(id => id, _ => (ushort?)null);

    private readonly Dictionary<ushort, ushort> _byServer = [];
    private readonly Lock _lock = new();
    private ushort _last;

    public IReadOnlyList<ushort> InFlight
    {
        get
        {
            lock (_lock) return [.. _byClient.Keys];
        }
    }

    /// <summary>Begins with a message.</summary>
    /// <exception cref="InvalidOperationException">All identifiers are in use.</exception>
    public ushort Begin(ushort server)
    {
        lock (_lock)
        {
            if (_byClient.Count == ushort.MaxValue) throw new InvalidOperationException("All packet identifiers are in use.");
            do _last++;
            while (_last == 0 || _byClient.ContainsKey(_last));
            _byClient.Add(_last, server);
            _byServer[server] = _last;
            return _last;
        }
    }

    /// <summary>The client's identifier of a message of this process.</summary>
    public ushort ToClient(ushort server)
    {
        lock (_lock) return _byServer.GetValueOrDefault(server, server);
    }

    /// <summary>MQTTnet's identifier; null: an earlier process sent the message, or nobody did.</summary>
    public ushort? ToServer(ushort client)
    {
        lock (_lock) return _byClient.GetValueOrDefault(client);
    }

    /// <summary>The client has the message for good.</summary>
    public ushort? End(ushort client)
    {
        lock (_lock)
        {
            if (_byClient.Remove(client, out var server) && server is { } own) _byServer.Remove(own);
            return server;
        }
    }
}
