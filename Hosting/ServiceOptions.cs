namespace ActorStack.Hosting;

/// <summary>
/// The options of one service for its connections. A member that is null has its value in the options for all services.
/// </summary>
public sealed class ServiceOptions
{
    /// <summary>Congestion control: cubic, bbr or reno.</summary>
    public string? Congestion { get; set; }

    /// <summary>The most connections in the handshake, and the most that wait for their handler.</summary>
    public int? Backlog { get; set; }

    /// <summary>The most handlers that run at once; 0: no limit.</summary>
    public int? Concurrency { get; set; }

    /// <summary>
    /// Socket options by their names in lower case, as in <c>akka.hocon</c>: <c>tcp-nodelay</c>, <c>so-linger</c>.
    /// </summary>
    public IDictionary<string, string> SocketOptions { get; } = new Dictionary<string, string>();
}
