using System.Buffers;
using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Statistics;

namespace ActorStack.Transport.Tests.Engines.Emulated;

/// <summary>Unacknowledged, unsent and undelivered bytes each travel, by an upload and by a salvage.</summary>
public sealed class ToeBytesTests
{
    private static readonly RigSettings Settings = new() { ClientBytes = 2_000_000, ServerBytes = 2_000_000 };

    private static readonly WireImpairments Cut = new() { Delay = TimeSpan.FromMilliseconds(5), Loss = 1 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unacknowledged_bytes_travel(bool salvage)
    {
        using var rig = Offloaded();
        var open = rig.ServerToClient;
        rig.ServerToClient = Cut;
        rig.RunFor(TimeSpan.FromMilliseconds(30));
        TakeBack(rig, salvage);
        Assert.True(rig.Uploaded[0].UnacknowledgedLength > 1000, $"{rig.Uploaded[0].UnacknowledgedLength} bytes");
        rig.ServerToClient = open;
        rig.RunTransfer();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unsent_bytes_travel(bool salvage)
    {
        using var rig = Offloaded();
        rig.ClientReads = false;
        rig.RunFor(TimeSpan.FromMilliseconds(500));
        TakeBack(rig, salvage);

        // The salvage leaves what was never sent in the pipe, where it always was.
        if (!salvage) Assert.True(rig.Uploaded[0].UnsentLength > 1000, $"{rig.Uploaded[0].UnsentLength} bytes");
        rig.RunFor(TimeSpan.FromMilliseconds(100));
        rig.Offload();
        rig.Run(() => rig.Offloads == 2);
        TakeBack(rig, salvage);
        rig.ClientReads = true;
        rig.RunTransfer();
    }

    [Fact]
    public void Unsent_bytes_that_came_with_the_record_are_salvaged()
    {
        using var rig = Offloaded();
        rig.ClientReads = false;
        rig.RunFor(TimeSpan.FromMilliseconds(500));
        TakeBack(rig, salvage: false);
        var unsent = rig.UploadedPayload[0].Send.Slice(rig.Uploaded[0].UnacknowledgedLength).ToArray();
        rig.Offload();
        rig.Run(() => rig.Offloads == 2);
        TakeBack(rig, salvage: true);
        Assert.Equal(unsent, rig.UploadedPayload[1].Send.Slice(rig.Uploaded[1].UnacknowledgedLength).ToArray());
        rig.ClientReads = true;
        rig.RunTransfer();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Undelivered_bytes_travel(bool salvage)
    {
        using var rig = Offloaded();
        rig.Faults.IsDeliveryStalled = true;
        rig.RunFor(TimeSpan.FromMilliseconds(50));
        TakeBack(rig, salvage);
        Assert.True(rig.Uploaded[0].Queues.UndeliveredLength > 1000, $"{rig.Uploaded[0].Queues.UndeliveredLength} bytes");
        rig.RunTransfer();
    }

    [Fact]
    public void Undelivered_bytes_reach_the_application_when_the_stall_ends()
    {
        using var rig = Offloaded();
        rig.Faults.IsDeliveryStalled = true;
        rig.RunFor(TimeSpan.FromSeconds(1));
        rig.Faults.IsDeliveryStalled = false;
        rig.RunTransfer();
    }

    [Fact]
    public void Bytes_out_of_order_travel_by_an_upload()
    {
        using var rig = Offloaded();
        rig.ClientToServer = new WireImpairments { Delay = TimeSpan.FromMilliseconds(5), Loss = 0.1 };
        rig.RunFor(TimeSpan.FromMilliseconds(40));
        rig.ClientToServer = Settings.Wire;
        TakeBack(rig, salvage: false);
        Assert.NotEmpty(rig.Uploaded[0].Queues.OutOfOrderLengths);
        rig.RunTransfer();
    }

    [Fact]
    public void A_half_closed_connection_moves_both_ways()
    {
        using var rig = new ToeRig(Settings with { ClientBytes = 10_000, ServerBytes = 2_000_000 });
        rig.Run(() => rig.Application.HasReadAll);
        rig.Offload();
        rig.Run(() => rig.Offloads == 1);
        rig.RunFor(TimeSpan.FromMilliseconds(20));
        Assert.Equal(State.TcpState.CloseWait, Query(rig).State);
        rig.RunTransfer();
        Assert.Contains(rig.Requests, request => request.Reason == UploadReason.ApplicationClosing);
    }

    [Fact]
    public void A_connection_whose_own_side_is_closed_receives_in_the_engine()
    {
        using var rig = new ToeRig(Settings with { ClientBytes = 2_000_000, ServerBytes = 10_000 });
        rig.Run(() => rig.Server?.State == State.TcpState.FinWait2);
        rig.Offload();
        rig.Run(() => rig.Offloads == 1);
        var before = rig.Application.BytesRead;
        rig.RunFor(TimeSpan.FromMilliseconds(50));
        Assert.True(rig.Application.BytesRead > before);
        rig.RunTransfer();
        rig.Run(() => !rig.IsOffloaded);
        Assert.Equal(UploadReason.InvalidState, Assert.Single(rig.Requests).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(9293, "3.6.1")]
    public void Bytes_that_the_application_left_unread_in_the_engine_reset_the_connection(bool inRing)
    {
        var counters = new TcpCounters();
        using var rig = new ToeRig(
            new RigSettings { ClientBytes = 50_000, Tcp = TcpSettings.Default with { Counters = counters } });
        rig.Application.WriteLimit = 50_000;
        rig.Application.IsReading = false;
        rig.Run(() => rig.Server?.State == State.TcpState.Established);
        rig.Offload();
        rig.Run(() => rig.IsOffloaded);
        rig.Faults.IsDeliveryStalled = inRing;
        rig.Run(() => rig.Client.State == State.TcpState.FinWait2 && rig.ClientRead == 50_000);
        Assert.Equal(inRing, rig.Buffers.Receive.Unread < 50_000);
        rig.Application.Leave();
        rig.Run(() => rig.Client.State == State.TcpState.Closed);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(rig.Client.Error).SocketErrorCode);
        Assert.Equal(UploadReason.ApplicationClosing, Assert.Single(rig.Requests).Reason);
        Assert.Equal(1, counters[TcpExt.TCPAbortOnClose]);
    }

    [Fact]
    [Rfc(9293, "3.6.1")]
    public void The_engine_resets_a_connection_whose_own_side_was_closed_when_the_application_leaves_bytes_unread()
    {
        using var rig = new ToeRig(Settings with { ServerBytes = 10_000 });
        rig.Application.IsReading = false;
        rig.Run(() => rig.Server?.State == State.TcpState.FinWait2);
        rig.Offload();
        rig.Run(() => rig.Offloads == 1);
        rig.Run(() => rig.Buffers.Receive.Unread > 0);
        rig.ClientToServer = Cut;
        rig.RunFor(TimeSpan.FromMilliseconds(100));
        rig.Application.Leave();
        rig.Run(() => rig.Aborted is not null, TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0), (rig.Uploads, rig.Toe.Count));
        rig.Run(() => rig.Client.State == State.TcpState.Closed, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void The_query_counts_from_the_take_over()
    {
        using var rig = Offloaded();
        var read = rig.Application.BytesRead;
        rig.RunFor(TimeSpan.FromMilliseconds(40));
        var info = Query(rig);
        Assert.InRange(info.BytesReceived, rig.Application.BytesRead - read, rig.Application.BytesRead);
        Assert.InRange(info.BytesSent, 1, rig.ClientRead);
        Assert.InRange(info.RoundTripTime, TimeSpan.FromMilliseconds(9), TimeSpan.FromMilliseconds(60));
        Assert.False(rig.Toe.TryQuery(new EngineHandle(99), out _));
    }

    [Fact]
    public void A_peers_reset_is_told()
    {
        using var rig = Offloaded();
        rig.Client.Abort(new IOException("the test resets"), rig.Now);
        rig.Run(() => rig.Aborted is not null);
        Assert.Equal(0, rig.Toe.Count);
    }

    private static EngineConnectionInfo Query(ToeRig rig)
    {
        Assert.True(rig.Toe.TryQuery(rig.Handle, out var info));
        return info;
    }

    private static void TakeBack(ToeRig rig, bool salvage)
    {
        if (salvage)
        {
            rig.Salvage();
            return;
        }

        var uploads = rig.Uploads;
        rig.Upload();
        rig.Run(() => rig.Uploads > uploads);
    }

    private static ToeRig Offloaded()
    {
        var rig = new ToeRig(Settings);
        rig.Application.WriteLimit = Settings.ServerBytes - 1;
        rig.Run(() => rig.Application.BytesRead > 10_000 && rig.ClientRead > 10_000);
        rig.Offload();
        rig.Run(() => rig.IsOffloaded);
        rig.RunFor(TimeSpan.FromMilliseconds(20));
        return rig;
    }
}
