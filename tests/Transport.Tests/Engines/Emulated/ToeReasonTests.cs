using ActorStack.Transport.Emulation.Toe;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;

namespace ActorStack.Transport.Tests.Engines.Emulated;

/// <summary>What the device asks and refuses by itself.</summary>
public sealed class ToeReasonTests
{
    private static readonly EmulatedToeOptions Patient = new()
    {
        HighDropRate = null,
        HighOutOfOrderRate = null,
        NoBuffers = null,
        Timeouts = null,
    };

    [Fact]
    public void Urgent_data()
    {
        using var rig = Offloaded(Patient, Bulk());
        rig.SendsUrgent = true;
        rig.Run(() => rig.Requests.Count > 0);
        rig.RunTransfer();
        Assert.Equal(UploadReason.ReceivedUrgentData, rig.Requests[0].Reason);
    }

    [Fact]
    public void High_drop_rate()
    {
        using var rig = Offloaded(Patient with { HighDropRate = 0.1, SampleSegments = 100 }, Bulk());
        rig.ServerToClient = new WireImpairments { Delay = TimeSpan.FromMilliseconds(5), Loss = 0.3 };
        rig.Run(() => rig.Requests.Count > 0);
        rig.ServerToClient = Bulk().Wire;
        rig.RunTransfer();
        Assert.Equal(UploadReason.HighDropRate, rig.Requests[0].Reason);
    }

    [Fact]
    public void High_out_of_order_rate()
    {
        using var rig = Offloaded(Patient with { HighOutOfOrderRate = 0.1, SampleSegments = 100 }, Bulk());
        rig.ClientToServer = new WireImpairments { Delay = TimeSpan.FromMilliseconds(5), Reordering = 0.5 };
        rig.Run(() => rig.Requests.Count > 0);
        rig.RunTransfer();
        Assert.Equal(UploadReason.HighOutOfOrderPackets, rig.Requests[0].Reason);
    }

    [Fact]
    public void Low_activity()
    {
        using var rig = Offloaded(Patient with { LowActivity = TimeSpan.FromSeconds(5) }, new RigSettings());
        rig.Run(() => rig.Requests.Count > 0);
        Assert.Equal(UploadReason.LowActivity, rig.Requests[0].Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Refused_segments_are_neither_activity_nor_out_of_order(bool ipv6)
    {
        var options = Patient with { LowActivity = TimeSpan.FromSeconds(5), HighOutOfOrderRate = 0.1, SampleSegments = 20 };
        using var rig = Offloaded(options, new RigSettings { IPv6 = ipv6 });
        for (var forged = 0; forged < 60 && rig.Requests.Count == 0; forged++)
        {
            rig.Forge();
            rig.RunFor(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(UploadReason.LowActivity, Assert.Single(rig.Requests).Reason);
    }

    [Fact]
    public void Small_io()
    {
        using var rig = Offloaded(Patient with { SmallIO = 100_000, SampleSegments = 100 }, Bulk());
        rig.Run(() => rig.Requests.Count > 0);
        rig.RunTransfer();
        Assert.Equal(UploadReason.SmallIO, rig.Requests[0].Reason);
    }

    [Fact]
    public void No_receive_buffers()
    {
        using var rig = Offloaded(Patient with { NoBuffers = TimeSpan.FromSeconds(3) }, Bulk());
        rig.Application.IsReading = false;
        rig.Run(() => rig.Requests.Count > 0);
        Assert.Equal(UploadReason.NoBufferPreposting, rig.Requests[0].Reason);
        rig.Application.IsReading = true;
        rig.RunTransfer();
    }

    [Fact]
    public void Timeouts()
    {
        using var rig = Offloaded(Patient with { Timeouts = 4 }, Bulk());
        rig.ServerToClient = new WireImpairments { Loss = 1 };
        rig.Run(() => rig.Requests.Count > 0);
        Assert.Equal(UploadReason.TimeoutExpiration, rig.Requests[0].Reason);
        rig.ServerToClient = Bulk().Wire;
        rig.RunTransfer();
    }

    [Fact]
    public void A_table_of_no_entries_refuses() =>
        AssertRefuses(Patient with { TableSize = 0 }, RefusalReason.NoConnectionEntries);

    [Fact]
    public void A_small_send_ring_refuses() =>
        AssertRefuses(Patient with { SendRingBytes = 100 }, RefusalReason.TransmitBufferExhausted);

    [Fact]
    public void A_small_window_refuses() => AssertRefuses(Patient with { MaximumWindow = 1000 }, RefusalReason.WindowTooLarge);

    private static RigSettings Bulk() => new() { ClientBytes = 2_000_000, ServerBytes = 2_000_000 };

    private static void AssertRefuses(EmulatedToeOptions options, RefusalReason reason)
    {
        using var rig = Started(new RigSettings { Toe = options });
        rig.Offload();
        rig.RunTransfer();
        Assert.Equal(reason, Assert.Single(rig.Refusals).Reason);
    }

    private static ToeRig Offloaded(EmulatedToeOptions options, RigSettings settings)
    {
        var rig = Started(settings with { Toe = options });
        rig.Offload();
        rig.Run(() => rig.IsOffloaded);
        return rig;
    }

    private static ToeRig Started(RigSettings settings)
    {
        var rig = new ToeRig(settings);
        rig.Application.WriteLimit = settings.ServerBytes - 1;
        rig.Run(() => rig.Application.BytesRead > 10_000 && rig.ClientRead > 10_000);
        return rig;
    }
}
