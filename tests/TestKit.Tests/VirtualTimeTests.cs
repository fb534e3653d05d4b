using System.Text;
using System.Threading.Channels;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace ActorStack.TestKit.Tests;

/// <summary>Handlers in virtual time, in an order that the seed decides.</summary>
public sealed class VirtualTimeTests(ITestOutputHelper output) : StackTestKit(output)
{
    private const int Port = 7;

    [Fact]
    public Task A_handler_sees_each_timer_at_its_own_time() => RunAsync(async network =>
    {
        await network.AddNodeAsync("a", stack => stack.AddConnectionHandler<ClockHandler>("clock", Port));
        await using var peer = await network.ConnectAsync(Port);
        var start = network.Now;

        await peer.ExpectNothingAsync(TimeSpan.FromMinutes(9));
        await peer.ExpectAsync("600\n", TimeSpan.FromMinutes(2));
        await peer.ExpectAsync("1200\n", TimeSpan.FromMinutes(11));

        Assert.InRange(network.Now - start, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(20.1));
    });

    [Fact]
    public async Task One_seed_gives_one_capture()
    {
        var captures = new List<byte[]>();
        for (var i = 0; i < 2; i++) await RunAsync(network => TalkAsync(network, captures));
        Assert.Equal(captures[0], captures[1]);
    }

    [Fact]
    public async Task Seeds_differ()
    {
        var captures = new List<byte[]>();
        await RunAsync(seeds: 2, test: network => TalkAsync(network, captures));
        Assert.NotEqual(captures[0], captures[1]);
    }

    [Fact]
    public Task Handlers_that_talk_to_each_other_by_a_channel_run_in_order() => RunAsync(async network =>
    {
        await network.AddNodeAsync("a", AddRoom);
        await using var one = await network.ConnectAsync(Port);
        await using var other = await network.ConnectAsync(Port);
        for (var i = 0; i < 20; i++)
        {
            await one.SendAsync($"line {i}\n");
            await other.ExpectAsync($"line {i}\n");
        }
    });

    [Fact]
    public Task A_handler_that_waits_for_another_thread_is_waited_for() => RunAsync(async network =>
    {
        await network.AddNodeAsync("a", stack => stack.AddConnectionHandler<PoolHandler>("pool", Port));
        await using var peer = await network.ConnectAsync(Port);
        await peer.ExpectAsync("done\n");
    });

    /// <summary>A transfer over a bad path, through two moves, in which handlers await channels and timers.</summary>
    private static async Task TalkAsync(StackNetwork network, List<byte[]> captures)
    {
        await network.AddNodeAsync("a", stack => stack.AddConnectionHandler<MovableEchoHandler>("echo", Port));
        var b = await network.AddNodeAsync("b", stack => stack.AddConnectionHandler<MovableEchoHandler>("echo", Port));
        (network.Loss, network.Reordering) = (0.05, 0.05);
        await using var peer = await network.ConnectAsync(Port);
        var bytes = new byte[100_000];
        network.Random.NextBytes(bytes);
        await peer.SendAsync(bytes);
        await network.HandoffAsync(peer, to: b);
        await network.OffloadAsync(peer);
        await peer.ExpectAsync(bytes);
        captures.Add(network.Capture);
    }

    private static void AddRoom(ActorStackBuilder stack)
    {
        stack.Services.AddSingleton<Room>();
        stack.AddConnectionHandler<RoomHandler>("room", Port);
    }

    /// <summary>Writes the virtual time since its start, in seconds, each ten minutes.</summary>
    private sealed class ClockHandler(TimeProvider time) : ConnectionHandler
    {
        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var start = time.GetTimestamp();
            using var timer = new PeriodicTimer(TimeSpan.FromMinutes(10), time);
            while (await timer.WaitForNextTickAsync(connection.ConnectionClosedRequested))
            {
                var line = $"{time.GetElapsedTime(start).TotalSeconds:0}\n";
                await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(line));
            }
        }
    }

    /// <summary>Waits for another thread, which answers only after a second of virtual time.</summary>
    private sealed class PoolHandler(TimeProvider time) : ConnectionHandler
    {
        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var start = time.GetTimestamp();
            await Task.Run(() => SpinWait.SpinUntil(() => time.GetElapsedTime(start) >= TimeSpan.FromSeconds(1)));
            await connection.Transport.Output.WriteAsync("done\n"u8.ToArray());
        }
    }

    private sealed class Room
    {
        private readonly List<Channel<byte[]>> _members = [];

        public ChannelReader<byte[]> Join()
        {
            var channel = Channel.CreateUnbounded<byte[]>();
            _members.Add(channel);
            return channel.Reader;
        }

        public void Say(byte[] line)
        {
            foreach (var member in _members) member.Writer.TryWrite(line);
        }
    }

    /// <summary>Sends to every member what one of them says.</summary>
    private sealed class RoomHandler(Room room) : ConnectionHandler
    {
        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var heard = SendAsync(connection, room.Join());
            while (true)
            {
                var read = await connection.Transport.Input.ReadAsync(connection.ConnectionClosedRequested);
                foreach (var memory in read.Buffer) room.Say(memory.ToArray());
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || heard.IsFaulted) return;
            }
        }

        private static async Task SendAsync(ConnectionContext connection, ChannelReader<byte[]> lines)
        {
            await foreach (var line in lines.ReadAllAsync(connection.Ended))
                await connection.Transport.Output.WriteAsync(line);
        }
    }
}
