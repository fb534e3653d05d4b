namespace ActorStack.Hosting.Tests.Support;

/// <summary>What lies between the service and a peer.</summary>
internal enum WirePath
{
    /// <summary>Ethernet from end to end.</summary>
    Wide,

    /// <summary>It narrows behind a router, which tells by ICMP.</summary>
    Told,

    /// <summary>It narrows behind a router, whose ICMP gets lost.</summary>
    Silent,
}
