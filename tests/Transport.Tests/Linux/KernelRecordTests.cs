using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>What goes into the kernel comes out again.</summary>
public sealed class KernelRecordTests
{
    [LinuxTheory]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1")]
    public async Task Every_field_the_kernel_can_hold_survives_the_round_trip(string address)
    {
        using var stage = new KernelStage();
        stage.Host.Settings = stage.Host.Settings with
        {
            Options = new SocketOptions
            {
                KeepAlive = true,
                KeepaliveIdle = TimeSpan.FromSeconds(77),
                KeepaliveInterval = TimeSpan.FromSeconds(7),
                KeepaliveCount = 5,
                HopLimit = 42,
                TrafficClass = 0x48,
                Linger = TimeSpan.FromSeconds(3),
                Linger2 = TimeSpan.FromSeconds(9),
                QuickAck = false,
                NotSentLowWater = 100_000,
                UserTimeout = TimeSpan.FromSeconds(11),
            },
        };
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        await client.SendAsync(new byte[1000]);
        await Streams.ReadExactlyAsync(connection.Pipe.Input, 1000);
        await connection.Pipe.Output.WriteAsync(new byte[500]);
        await Streams.ReadExactlyAsync(client, 500);
        await connection.QuiesceAsync();

        var start = Stopwatch.GetTimestamp();
        var ledger = await connection.OffloadAsync(
            stage.Engine, state => state with { Congestion = state.Congestion with { Cwnd = 40u * 1400 } });
        var given = connection.Exported!;
        var seen = stage.Engine.QueryStatistics(connection.Handle)!;
        Assert.Equal((1, (long)given.Send.SndWnd), (seen.State, seen.SndWnd));
        var back = await connection.UploadAsync(resume: false);

        Assert.Equal(Comparable(given), Comparable(back));
        if (ledger.Entries.Single(entry => entry.Field == "Congestion.Cwnd").Fidelity is not Fidelity.Lost)
            Assert.InRange(back.Congestion.Cwnd, given.Congestion.Cwnd - 1460, given.Congestion.Cwnd + 1460);
        var passed = Stopwatch.GetElapsedTime(start) + TimeSpan.FromSeconds(1); // that the clocks are read at different times
        Assert.InRange(back.Timestamps.ClockTicks - given.Timestamps.ClockTicks, 0, passed.Ticks);
        Assert.Equal(given.Receive.RcvWup + given.Receive.RcvWnd, back.Receive.RcvWup + back.Receive.RcvWnd);
    }

    [LinuxFact]
    public async Task Options_changed_in_the_kernel_are_in_force_there_and_come_out_again()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse("10.9.0.1"), 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);
        var options = new SocketOptions
        {
            HopLimit = 7,
            Cork = true,
            Linger = TimeSpan.Zero,
            KeepAlive = true,
            CongestionAlgorithm = "reno",
            SendBuffer = 50_000,
        };
        stage.Engine.Update(connection.Handle, options);
        await connection.Pipe.Output.WriteAsync(new byte[100]); // the kernel's cork holds it back for 200 ms
        await Streams.ReadExactlyAsync(client, 100);
        stage.Engine.Update(connection.Handle, options with { Cork = false });
        var back = await connection.UploadAsync(resume: false);
        Assert.Equal(options with { Cork = false }, SocketOptions.From(back, SocketOptions.Default));
    }

    // What is left out is compared above, or named in the ledger.
    private static TcpConnectionState Comparable(TcpConnectionState state)
    {
        var none = new TcpConnectionState();
        var plain = state.WithoutRecovery();
        return plain with
        {
            Scoreboard = plain.Scoreboard with
            {
                TotalLost = 0,
                Transmissions = 0,
            },
            DeliveryRate = plain.DeliveryRate with
            {
                Delivered = 0,
                DeliveredTicks = 0,
                FirstSentTicks = 0,
                ApplicationLimitedUntil = 0,
            },
            RoundTrip = plain.RoundTrip with
            {
                DeviationTicks = 0,
                LargestDeviationTicks = 0,
                RoundEndTicks = 0,
                RecentMinRttTicks = 0,
                RecentMinRttEndTicks = 0,
                SRttTicks = 0,
                RttVarTicks = 0,
                MinRttTicks = 0,
                RtoTicks = 0,
            },
            Acknowledging = plain.Acknowledging with
            {
                OutOfOrderRecent = none.Acknowledging.OutOfOrderRecent,
                QuickAcks = 0,
            },
            Identity = plain.Identity with
            {
                LocalAddress = none.Identity.LocalAddress,
                RemoteAddress = none.Identity.RemoteAddress,
            },
            Congestion = plain.Congestion with
            {
                Algorithm = "",
                PrivateState = none.Congestion.PrivateState,
                Cwnd = 0,
                SsThresh = 0,
                CwndLimited = false,
            },
            Send = plain.Send with
            {
                SndWl1 = 0,
                SndWl2 = 0,
            },
            Receive = plain.Receive with
            {
                RcvWup = 0,
                RcvWnd = 0,
                LastAckSent = 0,
            },
            Pending = plain.Pending with { AckPending = false },
            Timestamps = plain.Timestamps with
            {
                ClockTicks = 0,
                HasTsRecent = false,
                TsRecent = 0,
                TsRecentAgeTicks = 0,
                TsFloor = 0,
                TsFloorNext = 0,
                TsFloorAgeTicks = 0,
            },
            Liveness = plain.Liveness with
            {
                IdleTicks = 0,
                SendIdleTicks = 0,
            },
            Statistics = plain.Statistics with
            {
                PayloadIdleTicks = 0,
                SendHold = 0,
                SendingTicks = 0,
                PeerLimitedTicks = 0,
                SendLimitedTicks = 0,
                SegmentsSent = 0,
                SegmentsReceived = 0,
            },
            Timers = plain.Timers with
            {
                KeepaliveTicksLeft = 0,
                DelayedAckTicksLeft = 0,
            },
            Path = plain.Path with { Mtu = 0 },
            ReceiveTuning = plain.ReceiveTuning with { RoundTicks = 0 },
            Queues = none.Queues,
        };
    }

    [LinuxFact]
    public async Task Data_beyond_a_gap_goes_into_the_kernel_with_the_connection()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        await connection.OffloadImageAsync(stage.Engine, image => new ConnectionImage(
            image.State with
            {
                Acknowledging = image.State.Acknowledging with { OutOfOrderRecent = [image.State.Receive.RcvNxt + 3] },
                Queues = image.State.Queues with
                {
                    OutOfOrderSequences = [image.State.Receive.RcvNxt + 3],
                    OutOfOrderLengths = [3],
                },
            },
            image.Payload with { OutOfOrder = [new byte[] { 3, 4, 5 }] }));

        await client.SendAsync(new byte[] { 0, 1, 2 });

        Assert.Equal([0, 1, 2, 3, 4, 5], await Streams.ReadExactlyAsync(connection.Pipe.Input, 6));
    }

    [LinuxTheory]
    [InlineData("reno", Fidelity.Exact)]
    [InlineData("unheard-of", Fidelity.Lost)]
    public async Task The_congestion_control_goes_along_where_the_kernel_has_it(string name, Fidelity expected)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();

        var start = Stopwatch.GetTimestamp();
        var ledger = await connection.OffloadAsync(
            stage.Engine, state => state with { Congestion = state.Congestion with { Algorithm = name } });

        var entry = ledger.Entries.SingleOrDefault(entry => entry.Field == "Congestion.Algorithm");
        Assert.Equal(expected, entry?.Fidelity ?? Fidelity.Exact);
        if (expected is Fidelity.Exact) Assert.Contains($" {name} ", stage.Network.Server.Execute("ss", "-Htni"));
    }

    [LinuxFact]
    public async Task The_congestion_window_is_seeded_where_BPF_is_permitted_and_named_in_the_ledger()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        var start = Stopwatch.GetTimestamp();
        var ledger = await connection.OffloadAsync(
            stage.Engine, state => state with { Congestion = state.Congestion with { Cwnd = 123 * 1448 } });
        var entry = ledger.Entries.Single(entry => entry.Field == "Congestion.Cwnd");
        Assert.True(stage.Engine.TryQuery(connection.Handle, out var info));
        if (entry.Fidelity is Fidelity.Lost) Assert.NotEmpty(entry.Reason);
        else Assert.Equal(123u * 1448, info.CongestionWindow);
    }

    [LinuxTheory]
    [InlineData(10u, 100u, 100u)]
    [InlineData(123u, 86u, 123u)]
    public async Task A_connection_beyond_slow_start_does_not_begin_it_anew_in_the_kernel(
        uint window, uint threshold, uint expected)
    {
        using var stage = new KernelStage();
        stage.Host.Settings = stage.Host.Settings with { Options = new SocketOptions { CongestionAlgorithm = "cubic" } };
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        var start = Stopwatch.GetTimestamp();
        var ledger = await connection.OffloadAsync(stage.Engine,
            state => state with { Congestion = state.Congestion with { Cwnd = window * 1448, SsThresh = threshold * 1448 } });
        var entry = ledger.Entries.Single(entry => entry.Field == "Congestion.SsThresh");
        Assert.True(stage.Engine.TryQuery(connection.Handle, out var info));
        if (entry.Fidelity is Fidelity.Lost) Assert.NotEmpty(entry.Reason);
        else Assert.Equal(window * 1448, info.CongestionWindow);
        // One round trip later.
        if (entry.Fidelity is not Fidelity.Lost) Assert.InRange(info.SlowStartThreshold, expected * 1448, (expected + 1) * 1448);
    }

    [LinuxFact]
    public async Task In_the_kernel_the_window_still_grows_beyond_the_threshold()
    {
        using var stage = new KernelStage();
        stage.Host.Settings = stage.Host.Settings with { Options = new SocketOptions { CongestionAlgorithm = "cubic" } };
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        var start = Stopwatch.GetTimestamp();
        var ledger = await connection.OffloadAsync(
            stage.Engine, state => state with { Congestion = state.Congestion with { Cwnd = 10 * 1448, SsThresh = 10 * 1448 } });
        if (ledger.Entries.Single(entry => entry.Field == "Congestion.SsThresh").Fidelity is Fidelity.Lost) return;
        var data = new byte[4 << 20];
        var writing = connection.Pipe.Output.WriteAsync(data).AsTask();
        await Streams.ReadExactlyAsync(client, data.Length);
        await writing;
        Assert.True(stage.Engine.TryQuery(connection.Handle, out var info));
        Assert.InRange(info.CongestionWindow, 11u * 1448, 1000u * 1448);
    }

    [LinuxTheory]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1")]
    public async Task The_round_trip_is_known_from_the_start(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine, state => state with
        {
            RoundTrip = state.RoundTrip with { HasRtt = true, SRttTicks = TimeSpan.FromMilliseconds(80).Ticks },
        });
        var state = await connection.UploadAsync(resume: false);
        Assert.InRange(state.RoundTrip.SRttTicks, TimeSpan.FromMilliseconds(79).Ticks, TimeSpan.FromMilliseconds(90).Ticks);
        Assert.InRange(state.RoundTrip.RtoTicks, TimeSpan.FromMilliseconds(200).Ticks, TimeSpan.FromMilliseconds(400).Ticks);
    }

    [LinuxTheory]
    [InlineData("10.9.0.1", 1)]
    [InlineData("10.9.0.1", 3)]
    [InlineData("fd00:9::1", 2)]
    public async Task Unacknowledged_and_unsent_bytes_travel(string address, int moves)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        var bytes = new byte[600_000];
        new Random(3).NextBytes(bytes);
        stage.Network.Deafen();
        var writing = connection.Pipe.Output.WriteAsync(bytes);
        await connection.QuiesceAsync();

        for (var move = 0; move < moves; move++)
        {
            await connection.OffloadAsync(stage.Engine);
            Assert.NotEqual(0, connection.Exported!.UnacknowledgedLength);
            await Until.TrueAsync(() => stage.KernelSendQueue() > connection.Exported.UnacknowledgedLength);
            var state = await connection.UploadAsync(resume: false);
            Assert.NotEqual(0, state.UnacknowledgedLength);
            Assert.NotEqual(0, state.UnsentLength);
            Assert.Equal(bytes[..state.Queues.SendLength], connection.Uploaded!.Payload.Send.ToArray());
        }

        stage.Network.Undeafen();
        Assert.Equal(bytes, await Streams.ReadExactlyAsync(client, bytes.Length));
        await writing;
    }

    [LinuxTheory]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1")]
    public async Task Undelivered_bytes_travel(string address)
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);
        var limit = connection.Buffers.Receive.Limit;
        var bytes = new byte[limit + 40_000];
        new Random(4).NextBytes(bytes);
        var sending = client.SendAsync(bytes);

        // The application reads nothing, so what exceeds its pipe waits in the kernel.
        await Until.TrueAsync(
            () => stage.Engine.TryQuery(connection.Handle, out var info) && info.BytesReceived >= limit + 20_000);
        await connection.UploadAsync();
        Assert.True(connection.Buffers.Receive.Unread >= limit + 20_000, $"{connection.Buffers.Receive.Unread}");

        Assert.Equal(bytes, await Streams.ReadExactlyAsync(connection.Pipe.Input, bytes.Length));
        Assert.Equal(bytes.Length, await sending);
    }

    [LinuxFact]
    public async Task A_FIN_behind_undelivered_bytes_travels()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);
        var bytes = new byte[connection.Buffers.Receive.Limit + 40_000];
        new Random(8).NextBytes(bytes);
        await client.SendAsync(bytes);
        client.Shutdown(SocketShutdown.Send);
        await Until.TrueAsync(() => stage.Engine.TryQuery(connection.Handle, out var info) && info.State is TcpState.CloseWait);

        Assert.Equal(TcpState.CloseWait, (await connection.UploadAsync()).Identity.State);
        Assert.Equal(bytes, await Streams.ReadExactlyAsync(connection.Pipe.Input, bytes.Length + 1));
    }

    [LinuxFact]
    public async Task Bytes_the_peer_has_no_room_for_travel_and_flow_once_it_reads()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(
            VirtualNetwork.Virtual4, 7, socket => socket.ReceiveBufferSize = 8 * 1024);
        var connection = stage.Host.Accept();
        var bytes = new byte[300_000];
        new Random(5).NextBytes(bytes);
        var writing = connection.Pipe.Output.WriteAsync(bytes);
        await connection.QuiesceAsync(record => record.Send.SndWnd == 0);

        await connection.OffloadAsync(stage.Engine);
        Assert.Equal(0u, connection.Exported!.Send.SndWnd);
        await Until.TrueAsync(() => stage.KernelSendQueue() > connection.Exported.UnacknowledgedLength);
        var state = await connection.UploadAsync(resume: false);
        Assert.Equal(0u, state.Send.SndWnd);
        Assert.NotEqual(0, state.UnsentLength);
        await connection.OffloadAsync(stage.Engine);

        Assert.Equal(bytes, await Streams.ReadExactlyAsync(client, bytes.Length));
        await writing;
    }

    [LinuxFact]
    public async Task What_the_application_writes_in_the_kernel_reaches_the_peer_before_the_FIN()
    {
        using var stage = new KernelStage();
        using var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);
        var bytes = new byte[3_000_000];
        new Random(6).NextBytes(bytes);
        var receiving = Streams.ReadExactlyAsync(client, bytes.Length);
        await connection.Pipe.Output.WriteAsync(bytes);
        await connection.Pipe.Output.CompleteAsync();

        Assert.Equal(UploadReason.ApplicationClosing, await connection.UploadWanted.Task);
        await connection.UploadAsync();
        Assert.Equal(bytes, await receiving);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
    }

    [LinuxFact]
    public async Task A_reset_by_the_peer_ends_the_connection()
    {
        using var stage = new KernelStage();
        var client = await stage.Network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var connection = stage.Host.Accept();
        await connection.OffloadAsync(stage.Engine);
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        await connection.Ended.Task;
        await Until.TrueAsync(() => stage.Engine.Count == 0);
    }
}
