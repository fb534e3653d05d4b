using System.Net.Sockets;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>Sends random bytes to an echo service and compares what comes back, byte by byte.</summary>
internal sealed class EchoExchange(Socket socket, int seed)
{
    private readonly Random _random = new(seed);

    public long Verified { get; private set; }

    public async Task RunAsync(int length)
    {
        var sent = new byte[length];
        _random.NextBytes(sent);
        var received = new byte[length];
        var sending = socket.SendAsync(sent.AsMemory(), SocketFlags.None, Patience.Token()).AsTask();
        for (var count = 0; count < length;)
        {
            var read = await socket.ReceiveAsync(received.AsMemory(count), SocketFlags.None, Patience.Token());
            Assert.True(read > 0, $"the service closed after {Verified + count} bytes");
            count += read;
        }

        await sending;
        Assert.True(sent.AsSpan().SequenceEqual(received), $"bytes differ after {Verified}");
        Verified += length;
    }
}
