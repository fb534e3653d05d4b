namespace ActorStack.Hosting;

/// <summary>The PROXY protocol of HAProxy, by which a proxy tells the next hop who the client is.</summary>
public enum ProxyProtocolVersion
{
    /// <summary>No header is sent.</summary>
    None,

    /// <summary>A line of text.</summary>
    V1,

    /// <summary>A binary header.</summary>
    V2,
}
