using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Operate;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>A service in a namespace of its own, and ordinary kernel clients in another.</summary>
internal sealed class Arena : IDisposable
{
    private Arena(Laboratory lab, ChildProcess service) => (Lab, Service) = (lab, service);

    public Laboratory Lab { get; }

    public ChildProcess Service { get; }

    public ControlClient Control => Lab.Control;

    /// <param name="isJournaled">The service has a state directory: its connections and their moves are written to disk.</param>
    public static async Task<Arena> StartAsync(double drain = 0, bool isJournaled = false, params string[] arguments)
    {
        var lab = new Laboratory(isJournaled: isJournaled);
        try
        {
            return new Arena(lab, await lab.StartServiceAsync(Patience.Token(), drain, arguments));
        }
        catch
        {
            lab.Dispose();
            throw;
        }
    }

    /// <summary>A kernel socket of the clients' namespace, connected to a service.</summary>
    public async Task<Socket> ConnectAsync(int port, string address = Laboratory.VirtualAddress, int? receiveBuffer = null)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), port);
        var socket = Lab.Client.Run(() => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        if (receiveBuffer is { } bytes) socket.ReceiveBufferSize = bytes;
        await socket.ConnectAsync(endPoint, Patience.Token());
        return socket;
    }

    public void Dispose()
    {
        Service.Dispose();
        Lab.Dispose();
    }
}
