using System.Net.Sockets;

namespace ActorStack.Actors.Tests.Cluster.Local;

/// <summary>Two ends of a Unix stream socket.</summary>
internal sealed class SocketPair : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"as-{Guid.NewGuid():N}");

    public SocketPair()
    {
        using var listener = New();
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen();
        Near = New();
        Near.Connect(new UnixDomainSocketEndPoint(_path));
        Far = listener.Accept();
    }

    public Socket Near { get; }

    public Socket Far { get; }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
        File.Delete(_path);
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
