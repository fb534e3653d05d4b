namespace ActorStack.Hosting;

/// <summary>
/// TLS between the nodes of a cluster. Both ends of a connection show a certificate. A member that is null has its value in
/// <c>actorstack.cluster.tls</c> of <c>akka.hocon</c>.
/// </summary>
public sealed class ClusterTlsOptions
{
    /// <summary>The file of this node's certificate, PFX or PEM. Empty: there is no TLS.</summary>
    public string? Certificate { get; set; }

    /// <summary>The file of the certificate's key where that is a file of its own, in PEM.</summary>
    public string? Key { get; set; }

    /// <summary>The password of the file that has the key. Empty: there is none.</summary>
    public string? Password { get; set; }

    /// <summary>
    /// The PEM file of the authorities whose certificates the other nodes may have. Empty: they must have the certificate of this
    /// node.
    /// </summary>
    public string? Authority { get; set; }
}
