using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Remote.Transport.DotNetty;

namespace ActorStack.Hosting.Cluster;

/// <summary>
/// The certificate of this node, and which certificates of other nodes it accepts: those of the given authorities, or without an
/// authority only its own, which all nodes then have. Both ends of a connection show theirs.
/// </summary>
internal static class ClusterCertificate
{
    /// <summary>The setup of Akka.Remote; null: there is no TLS.</summary>
    /// <exception cref="StackStartException">A file cannot be read or has no certificate with its key.</exception>
    public static DotNettySslSetup? Setup(ClusterSettings settings)
    {
        if (!settings.IsEnabled || settings.Certificate.Length == 0) return null;
        try
        {
            var own = Load(settings);
            if (!own.HasPrivateKey) throw new CryptographicException($"{settings.Certificate} has no private key");
            var authorities = settings.Authority.Length > 0 ? LoadAuthorities(settings.Authority) : [];
            return new DotNettySslSetup(
                own, suppressValidation: false, requireMutualAuthentication: true,
                (certificate, _, _, errors, _) => certificate is not null && Accepts(certificate, own, authorities, errors));
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StackStartException(
                $"The certificate of the cluster cannot be used: {error.Message}",
                "Correct actorstack.cluster.tls: a PFX file, or a PEM file and the one of its key.", error);
        }
    }

    private static X509Certificate2 Load(ClusterSettings settings)
    {
        if (X509Certificate2.GetCertContentType(settings.Certificate) is X509ContentType.Pfx)
            return X509CertificateLoader.LoadPkcs12FromFile(settings.Certificate, settings.Password);
        var key = settings.Key.Length > 0 ? settings.Key : settings.Certificate;
        return settings.Password.Length > 0
            ? X509Certificate2.CreateFromEncryptedPemFile(settings.Certificate, settings.Password, key)
            : X509Certificate2.CreateFromPemFile(settings.Certificate, key);
    }

    private static X509Certificate2Collection LoadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException($"{file} has no certificate");
    }

    private static bool Accepts(
        X509Certificate2 certificate, X509Certificate2 own, X509Certificate2Collection authorities, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return false;
        if (authorities.Count == 0) return certificate.RawDataMemory.Span.SequenceEqual(own.RawDataMemory.Span);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // the authority is the cluster's own
        return chain.Build(certificate);
    }
}
