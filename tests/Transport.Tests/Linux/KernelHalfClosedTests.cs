using System.Buffers;
using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>A FIN takes a sequence number of its own, in whatever state the connection moves.</summary>
public sealed class KernelHalfClosedTests
{
    private static readonly byte[] Words = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];

    public static TheoryData<string> Addresses => ["10.9.0.1", "fd00:9::1"];

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    public async Task In_CLOSE_WAIT_the_kernel_goes_on_sending(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        client.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Streams.ReadExactlyAsync(connection.Pipe.Input, 1));
        await connection.QuiesceAsync(TcpState.CloseWait);

        await connection.OffloadAsync(stage.Engine);
        Assert.Equal(TcpState.CloseWait, connection.Exported!.Identity.State);
        await connection.Pipe.Output.WriteAsync(Words);
        Assert.Equal(Words, await Streams.ReadExactlyAsync(client, Words.Length));
        var state = await connection.UploadAsync();

        Assert.Equal(TcpState.CloseWait, state.Identity.State);
        Assert.Equal(connection.Exported.Receive.RcvNxt, state.Receive.RcvNxt);
        await connection.Pipe.Output.CompleteAsync();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
        Assert.IsType<EndOfStreamException>(await connection.Ended.Task);
    }

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    public async Task A_FIN_that_arrives_in_the_kernel_travels_as_CLOSE_WAIT(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);
        await client.SendAsync(Words);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(Words, await Streams.ReadExactlyAsync(connection.Pipe.Input, Words.Length + 1));

        var state = await connection.UploadAsync();
        Assert.Equal(TcpState.CloseWait, state.Identity.State);
        Assert.True(state.Receive.FinReceived);
        Assert.Equal(connection.Exported!.Receive.RcvNxt + (uint)Words.Length + 1, state.Receive.RcvNxt);
        await connection.Pipe.Output.WriteAsync(Words);
        await connection.Pipe.Output.CompleteAsync();
        Assert.Equal(Words, await Streams.ReadExactlyAsync(client, Words.Length));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
    }

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    public async Task A_reset_in_CLOSE_WAIT_ends_the_connection_though_its_application_only_waits(string address)
    {
        using var stage = new KernelStage();
        var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        client.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Streams.ReadExactlyAsync(connection.Pipe.Input, 1));
        await connection.QuiesceAsync(TcpState.CloseWait);
        await connection.OffloadAsync(stage.Engine);

        Reset(client);

        await AssertResetAsync(connection);
    }

    [LinuxFact]
    public async Task A_reset_ends_a_connection_whose_application_reads_no_more()
    {
        using var stage = new KernelStage();
        var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);
        var sent = client.SendAsync(new byte[64 << 20]);
        await Until.TrueAsync(() => connection.Buffers.Receive.Unread >= connection.Buffers.Receive.Limit);

        Reset(client);

        await Assert.ThrowsAnyAsync<SocketException>(() => sent);
        await AssertResetAsync(connection);
    }

    [LinuxFact]
    public async Task A_reset_right_after_the_FIN_is_no_orderly_close()
    {
        using var stage = new KernelStage();
        for (var i = 0; i < 10; i++)
        {
            var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
            var connection = stage.Host.Accept();
            await connection.OffloadAsync(stage.Engine);

            client.Shutdown(SocketShutdown.Send);
            Reset(client);

            await AssertResetAsync(connection);
            Assert.False(connection.UploadWanted.Task.IsCompleted);
        }
    }

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    [Rfc(9293, "3.6.1")]
    public async Task Bytes_that_the_application_left_unread_reset_the_connection_when_it_comes_back(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);
        await client.SendAsync(Words);
        client.Shutdown(SocketShutdown.Send);
        await Until.TrueAsync(() => connection.Buffers.Receive.Unread > 0);
        await connection.Pipe.Input.CompleteAsync();
        await connection.Pipe.Output.CompleteAsync();
        Assert.Equal(UploadReason.ApplicationClosing, await connection.UploadWanted.Task);
        await connection.UploadAsync();
        Assert.Equal(SocketError.ConnectionReset,
            (await Assert.ThrowsAsync<SocketException>(async () => await client.ReceiveAsync(new byte[1]))).SocketErrorCode);
    }

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    public async Task In_FIN_WAIT_2_the_kernel_goes_on_receiving_and_comes_back_in_TIME_WAIT(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        await connection.Pipe.Output.CompleteAsync();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
        await connection.QuiesceAsync(TcpState.FinWait2);

        await connection.OffloadAsync(stage.Engine);
        Assert.Equal(TcpState.FinWait2, connection.Exported!.Identity.State);
        await Until.TrueAsync(() => stage.Engine.TryQuery(connection.Handle, out var info) && info.State == TcpState.FinWait2);
        await client.SendAsync(Words);
        Assert.Equal(Words, await Streams.ReadExactlyAsync(connection.Pipe.Input, Words.Length));
        client.Shutdown(SocketShutdown.Send);

        await connection.UploadWanted.Task;
        var state = await connection.UploadAsync();
        Assert.Equal(TcpState.TimeWait, state.Identity.State);
        Assert.Equal(connection.Exported.Send.SndUna, state.Send.SndUna);
        Assert.Equal(connection.Exported.Send.SndMax, state.Send.SndMax);
        Assert.Equal(connection.Exported.Receive.RcvNxt + (uint)Words.Length + 1, state.Receive.RcvNxt);
        Assert.True(state.Timers.TimeWaitTicksLeft > 0);
        Assert.Equal(0, stage.Network.ClientCounter("Tcp", "EstabResets"));
    }

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    public async Task In_FIN_WAIT_2_it_can_leave_before_the_peer_closes(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        await connection.Pipe.Output.CompleteAsync();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
        await connection.QuiesceAsync(TcpState.FinWait2);
        await connection.OffloadAsync(stage.Engine);
        await Until.TrueAsync(() => stage.Engine.TryQuery(connection.Handle, out var info) && info.State == TcpState.FinWait2);

        var state = await connection.UploadAsync();
        Assert.Equal(TcpState.FinWait2, state.Identity.State);
        Assert.Equal(connection.Exported!.Send.SndUna, state.Send.SndUna);
        Assert.Equal(connection.Exported.Send.SndMax, state.Send.SndMax);
        await client.SendAsync(Words);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(Words, await Streams.ReadExactlyAsync(connection.Pipe.Input, Words.Length));
        await Until.TrueAsync(() => connection.State is TcpState.TimeWait);
    }

    [LinuxTheory]
    [MemberData(nameof(Addresses))]
    public async Task In_FIN_WAIT_1_bytes_and_FIN_are_resent_until_they_are_acknowledged(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        await Streams.WarmUpAsync(client, connection.Pipe);
        stage.Network.Deafen();
        await connection.Pipe.Output.WriteAsync(Words.AsMemory(0, 5000));
        await connection.Pipe.Output.CompleteAsync();
        await connection.QuiesceAsync(TcpState.FinWait1);

        await connection.OffloadAsync(stage.Engine);
        Assert.Equal(TcpState.FinWait1, connection.Exported!.Identity.State);
        Assert.Equal(5000, connection.Exported.UnacknowledgedLength);
        var state = await connection.UploadAsync(resume: false);
        Assert.Equal(TcpState.FinWait1, state.Identity.State);
        Assert.Equal(Words[..5000], connection.Uploaded!.Payload.Send.ToArray());
        Assert.Equal(connection.Exported.Send.SndMax, state.Send.SndMax);
        Assert.Equal(connection.Exported.Send.SndUna, state.Send.SndUna);
        await connection.OffloadAsync(stage.Engine);

        stage.Network.Undeafen();
        Assert.Equal(Words.AsMemory(0, 5000), await Streams.ReadExactlyAsync(client, 5000));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
        await Until.TrueAsync(() => stage.Engine.TryQuery(connection.Handle, out var info) && info.State == TcpState.FinWait2);
    }

    private static void Reset(Socket client)
    {
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Dispose();
    }

    private static async Task AssertResetAsync(HostedConnection connection)
    {
        await Until.TrueAsync(() => connection.Ended.Task.IsCompleted);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(await connection.Ended.Task).SocketErrorCode);
    }
}
