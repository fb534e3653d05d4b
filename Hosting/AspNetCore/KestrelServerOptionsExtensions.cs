using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ActorStack.AspNetCore;

/// <summary>Adds end points on virtual addresses to Kestrel.</summary>
public static class KestrelServerOptionsExtensions
{
    /// <summary>Listens on a port of every address of the stack.</summary>
    /// <param name="kestrel">Kestrel's options.</param>
    /// <param name="port">The port; 0: the stack chooses a free one.</param>
    /// <param name="configure">Sets protocols, TLS and connection middleware, as for any other end point of Kestrel.</param>
    public static void ListenActorStack(this KestrelServerOptions kestrel, int port, Action<ListenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        kestrel.Listen(new VirtualEndPoint(IPAddress.Any, port), configure ?? (_ => { }));
    }
}
