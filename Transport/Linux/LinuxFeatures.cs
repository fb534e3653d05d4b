namespace ActorStack.Transport.Linux;

/// <summary>The features of the system that a part of the transport needs.</summary>
[Flags]
public enum LinuxFeatures
{
    /// <summary>Nothing beyond an ordinary process.</summary>
    None = 0,

    /// <summary>CAP_NET_ADMIN in the user namespace that owns the network namespace.</summary>
    NetworkAdministration = 1,

    /// <summary>/dev/net/tun can be opened.</summary>
    Tun = 2,

    /// <summary>The <c>ip</c> program of iproute2.</summary>
    Ip = 4,

    /// <summary>The <c>nft</c> program of nftables.</summary>
    NfTables = 8,

    /// <summary>Making network namespaces: CAP_SYS_ADMIN.</summary>
    Namespaces = 16,

    /// <summary>What <see cref="NetworkNamespace"/> needs.</summary>
    NetworkNamespace = NetworkAdministration | Namespaces | Ip,

    /// <summary>What <c>TunLink</c> needs.</summary>
    TunLink = NetworkAdministration | Tun,

    /// <summary>What <c>KernelEngine</c> needs.</summary>
    KernelEngine = NetworkAdministration | NfTables,
}
