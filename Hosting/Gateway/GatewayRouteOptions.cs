namespace ActorStack.Hosting;

/// <summary>
/// Backends for clients whose TLS ClientHello names a server or an application protocol. The gateway does not terminate TLS.
/// </summary>
public sealed class GatewayRouteOptions
{
    /// <summary>
    /// The name of the server (SNI): <c>www.example.com</c>, or <c>*.example.com</c> for all names below it; null: any, or none.
    /// </summary>
    public string? ServerName { get; set; }

    /// <summary>The application protocol (ALPN) that the client must offer, for example <c>h2</c>; null: any, or none.</summary>
    public string? Protocol { get; set; }

    /// <summary>The backends, each as <c>ADDRESS:PORT</c>.</summary>
    public IList<string> Backends { get; } = [];
}
