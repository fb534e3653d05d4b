namespace ActorStack.Hosting;

/// <summary>What one service settles for its own connections; a member left null goes by what is settled for all.</summary>
public sealed class ServiceOptions
{
    /// <summary>Congestion control: cubic, bbr or reno.</summary>
    public string? Congestion { get; set; }

    /// <summary>Connections in the handshake, and as many that wait for their handler.</summary>
    public int? Backlog { get; set; }

    /// <summary>Handlers that run at once; 0: no limit.</summary>
    public int? Concurrency { get; set; }

    /// <summary>
    /// Socket options by their names in lower case, as in <c>akka.hocon</c>: <c>tcp-nodelay</c>, <c>so-linger</c>.
    /// </summary>
    public IDictionary<string, string> SocketOptions { get; } = new Dictionary<string, string>();
}
