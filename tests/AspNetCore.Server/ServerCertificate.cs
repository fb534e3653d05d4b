using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorStack.AspNetCore.Server;

/// <summary>A self-signed certificate, created at the start.</summary>
internal static class ServerCertificate
{
    public static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=actorstack-test", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }
}
