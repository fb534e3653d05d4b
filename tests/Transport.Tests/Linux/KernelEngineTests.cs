using ActorStack.Tests.Common;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

public sealed class KernelEngineTests
{
    [LinuxTheory]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1")]
    public async Task A_connection_moves_back_and_forth_under_load_and_its_peer_notices_nothing(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        var echo = Streams.EchoAsync(connection.Pipe);
        var progress = new Progress();
        var exchange = Streams.ExchangeAsync(client, 256 << 20, progress);
        var moves = 0;
        while (await connection.TryMoveAsync(stage.Engine, () => progress.ForAsync(2 << 20))) moves++;

        var (sent, received) = await exchange;
        await echo;
        Assert.Equal(sent, received);
        Assert.True(moves > 5, $"{moves} moves");
        Assert.Equal(0, stage.Network.ClientCounter("Tcp", "EstabResets"));
    }

    [LinuxTheory]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1")]
    public async Task A_peer_that_goes_on_sending_does_not_keep_a_connection_in_the_kernel(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        var received = connection.Buffers.Receive;
        using var stop = new CancellationTokenSource();
        var sending = Streams.SendAsync(client, long.MaxValue, stop.Token);
        for (var move = 0; move < 10; move++)
        {
            await connection.OffloadAsync(stage.Engine);
            await Until.TrueAsync(() => received.Unread >= received.Limit);
            await connection.UploadAsync();

            // The application's queue, the kernel's buffer of one and a half times its capacity, and what was announced before.
            Assert.True(received.Unread <= 4 * received.Capacity, $"move {move}: {received.Unread} bytes were received");
            await Streams.ReadExactlyAsync(connection.Pipe.Input, (int)received.Unread);
        }

        await stop.CancelAsync();
        await Task.WhenAll(
            connection.Pipe.Input.CopyToAsync(Stream.Null),
            sending.ContinueWith(_ => client.Dispose(), TaskScheduler.Default));
    }
}
