using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>
/// Kernel sockets that send lines of their own to the echo service and compare what comes back, at the same time. One that fails
/// is counted and gives up. They use keepalive: where a process is killed after it has acknowledged a line and before it has
/// sent it back, the client only waits, and nothing but its keepalive asks for the RST (RFC 9293 section 3.8.4).
/// </summary>
internal sealed class EchoCrowd : IDisposable
{
    private const int LineLength = 64;
    private const int KeepaliveSeconds = 1;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly List<Socket> _sockets = [];
    private readonly CancellationTokenSource _enough = new();
    private Task[] _exchanges = [];
    private int _reset;
    private int _wrong;
    private long _lines;

    /// <summary>The connections that the service has reset.</summary>
    public int Reset => Volatile.Read(ref _reset);

    /// <summary>The connections over which other bytes came back.</summary>
    public int Wrong => Volatile.Read(ref _wrong);

    /// <summary>The lines that came back.</summary>
    public long Lines => Interlocked.Read(ref _lines);

    public static async Task<EchoCrowd> ConnectAsync(
        Laboratory lab, int count, string address = Laboratory.VirtualAddress, int port = Ports.Echo)
    {
        var crowd = new EchoCrowd();
        for (var i = 0; i < count; i++) crowd._sockets.Add(await ConnectOneAsync(lab, address, port));
        crowd._exchanges = [.. crowd._sockets.Select((socket, index) => crowd.ExchangeAsync(socket, index))];
        return crowd;
    }

    /// <summary>One connection that exchanges a line and ends.</summary>
    public static async Task OnceAsync(Laboratory lab, string address = Laboratory.VirtualAddress)
    {
        using var socket = await ConnectOneAsync(lab, address, Ports.Echo);
        Assert.True(await IsEchoedAsync(socket, new Random(1)));
    }

    /// <summary>Lets each connection exchange one more line, then stops.</summary>
    public async Task FinishAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_exchanges).WaitAsync(Patience.Limit);
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }

    private static async Task<Socket> ConnectOneAsync(Laboratory lab, string address, int port)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), port);
        var socket = lab.Client.Run(() => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepaliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepaliveSeconds);
        await socket.ConnectAsync(endPoint, Patience.Token());
        return socket;
    }

    private static async Task<bool> IsEchoedAsync(Socket socket, Random random)
    {
        var (sent, received) = (new byte[LineLength], new byte[LineLength]);
        random.NextBytes(sent);
        await socket.SendAsync(sent, Patience.Token());
        for (var filled = 0; filled < received.Length;)
        {
            var count = await socket.ReceiveAsync(received.AsMemory(filled), Patience.Token());
            if (count == 0) throw new SocketException((int)SocketError.ConnectionReset);
            filled += count;
        }

        return sent.AsSpan().SequenceEqual(received);
    }

    private async Task ExchangeAsync(Socket socket, int index)
    {
        var random = new Random(index);
        try
        {
            for (var isLast = false; !isLast;)
            {
                isLast = _enough.IsCancellationRequested;
                if (!await IsEchoedAsync(socket, random)) Interlocked.Increment(ref _wrong);
                Interlocked.Increment(ref _lines);
                await Task.Delay(Pace, CancellationToken.None);
            }
        }
        catch (SocketException)
        {
            Interlocked.Increment(ref _reset);
        }
    }
}
