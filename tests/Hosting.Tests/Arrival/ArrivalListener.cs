using System.Net;
using System.Net.Sockets;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>The services on kernel sockets.</summary>
internal sealed class ArrivalListener : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener;
    private readonly int _port;

    public ArrivalListener(NetworkNamespace network, IPEndPoint endPoint)
    {
        _port = endPoint.Port;
        _listener = network.Run(() => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        _listener.Bind(endPoint);
        _listener.Listen(1024);
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync(_stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            return; // disposed
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await ArrivalServices.ServeAsync(_port, stream, EndSending, _stop.Token);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            return; // reset by a case, or the end of all
        }

        ValueTask EndSending()
        {
            socket.Shutdown(SocketShutdown.Send);
            return ValueTask.CompletedTask;
        }
    }
}
