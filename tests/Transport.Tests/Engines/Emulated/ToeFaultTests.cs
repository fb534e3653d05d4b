using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;

namespace ActorStack.Transport.Tests.Engines.Emulated;

/// <summary>The device fails in every way in mid-transfer; the transfer goes on, and nothing is lost.</summary>
public sealed class ToeFaultTests
{
    private const int AfterBytes = 60_000;

    private static readonly RigSettings Settings = new() { ClientBytes = 400_000, ServerBytes = 400_000 };

    public static TheoryData<RefusalReason> Refusals() => [.. Enum.GetValues<RefusalReason>()];

    public static TheoryData<UploadReason> Reasons() => [.. Enum.GetValues<UploadReason>()];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_refusal_leaves_the_connection_in_software(RefusalReason reason)
    {
        using var rig = Started();
        rig.Faults.RefuseNext(reason);
        rig.Offload();
        rig.RunTransfer();
        Assert.Equal(reason, Assert.Single(rig.Refusals).Reason);
        Assert.Equal((0, 0), (rig.Offloads, rig.Toe.Count));
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void An_upload_reason_brings_the_connection_back(UploadReason reason)
    {
        using var rig = Offloaded();
        rig.Faults.RequestUpload(reason, AfterBytes);
        rig.RunTransfer();
        Assert.Equal((reason, "on demand"), rig.Requests[0]);
        Assert.Equal(0, rig.Toe.Count);
    }

    [Fact]
    public void A_reset_of_the_device_is_survived()
    {
        using var rig = Offloaded();
        rig.Faults.ResetDevice(AfterBytes);
        rig.RunTransfer();
        Assert.Equal((UploadReason.EngineLost, "the device was reset"), rig.Requests[0]);
        Assert.Equal((1, 0, 0), (rig.Salvages, rig.Uploads, rig.Toe.Count));
        Assert.Equal(["Payload.OutOfOrder"], rig.LastLedger!.Entries.Select(entry => entry.Field));
    }

    [Fact]
    public void Resets_over_a_bad_wire_are_survived()
    {
        var salvages = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            using var rig = new ToeRig(Settings with
            {
                Seed = seed,
                Migrate = TimeSpan.FromMilliseconds(70),
                Wire = new WireImpairments { Delay = TimeSpan.FromMilliseconds(5), Loss = 0.02, Reordering = 0.05 },
            });
            for (var reset = 0; reset < 5 && !rig.IsTransferred; reset++)
            {
                rig.Run(() => rig.IsOffloaded || rig.IsTransferred);
                rig.Faults.ResetDevice(seed * 300L);
                rig.Run(() => !rig.IsOffloaded || rig.IsTransferred);
            }

            rig.RunTransfer();
            salvages += rig.Salvages;
        }

        Assert.True(salvages > 60, $"only {salvages} salvages");
    }

    [Fact]
    public void A_device_takes_connections_again_after_its_reset()
    {
        using var rig = Offloaded();
        rig.Faults.ResetDevice();
        rig.Run(() => rig.Salvages == 1);
        rig.Offload();
        rig.Run(() => rig.Offloads == 2);
        rig.RunTransfer();
    }

    [Fact]
    public void A_lost_Initiate_completion_is_rolled_back()
    {
        using var rig = Started();
        rig.Faults.LoseInitiate();
        rig.Offload();
        rig.Run(() => !rig.IsMoving);
        Assert.Equal((0, 0), (rig.Offloads, rig.Toe.Count));
        rig.Offload();
        rig.Run(() => rig.Offloads == 1);
        rig.RunTransfer();
    }

    [Fact]
    public void A_lost_Terminate_completion_is_salvaged()
    {
        using var rig = Offloaded();
        rig.Faults.LoseTerminate();
        rig.Upload();
        rig.RunTransfer();
        Assert.Equal((1, 0, 0), (rig.Salvages, rig.Uploads, rig.Toe.Count));
    }

    [Fact]
    public void A_device_that_hangs_is_done_without()
    {
        using var rig = Offloaded();
        rig.Faults.IsHung = true;
        rig.RunFor(TimeSpan.FromMilliseconds(30));
        rig.Upload();
        rig.RunTransfer();
        Assert.Equal((1, 0), (rig.Salvages, rig.Uploads));
    }

    [Fact]
    public void A_device_that_comes_back_after_its_connection_was_salvaged_is_silent()
    {
        using var rig = Offloaded();
        rig.Faults.IsHung = true;
        rig.Upload();
        rig.Run(() => rig.Salvages == 1);
        rig.Faults.IsHung = false;
        rig.RunTransfer();
        Assert.Equal((0, 0), (rig.Uploads, rig.Toe.Count));
    }

    [Fact]
    public void A_full_table_refuses()
    {
        using var rig = Started();
        rig.Faults.IsTableFull = true;
        rig.Offload();
        rig.Run(() => rig.Refusals.Count == 1);
        Assert.Equal(RefusalReason.NoConnectionEntries, rig.Refusals[0].Reason);
        rig.Faults.IsTableFull = false;
        rig.Offload();
        rig.Run(() => rig.Offloads == 1);
        rig.RunTransfer();
    }

    [Fact]
    public void A_full_command_ring_refuses()
    {
        using var rig = Started();
        rig.Faults.AreRingsFull = true;
        rig.Offload();
        Assert.Equal((RefusalReason.SystemError, "the command ring is full"), rig.Refusals[0]);
        rig.RunTransfer();
    }

    [Fact]
    public void Rings_that_stay_full_at_an_upload_are_done_without()
    {
        using var rig = Offloaded();
        rig.Faults.AreRingsFull = true;
        rig.Upload();
        rig.RunTransfer();
        Assert.Equal((1, 0), (rig.Salvages, rig.Uploads));
    }

    [Fact]
    public void Rings_that_were_full_for_a_moment_cost_only_that()
    {
        using var rig = Offloaded();
        rig.Faults.AreRingsFull = true;
        rig.Upload();
        rig.RunFor(TimeSpan.FromMilliseconds(20));
        rig.Faults.AreRingsFull = false;
        rig.RunTransfer();
        Assert.Equal((0, 1), (rig.Salvages, rig.Uploads));
    }

    [Fact]
    public void A_wish_is_repeated_until_the_host_follows()
    {
        using var rig = Offloaded(Settings with { ClientBytes = 40_000_000 });
        rig.IgnoresRequests = true;
        rig.Faults.RequestUpload(UploadReason.HardwareFailure);
        rig.RunFor(TimeSpan.FromSeconds(2.5));
        Assert.Equal(3, rig.Requests.Count);
        Assert.All(rig.Requests, request => Assert.Equal(UploadReason.HardwareFailure, request.Reason));
    }

    [Fact]
    public void An_invalidated_connection_sends_nothing_more()
    {
        using var rig = Offloaded();
        rig.Toe.Invalidate(rig.Handle);
        var sent = rig.FramesFromServer;
        rig.RunFor(TimeSpan.FromSeconds(3));
        Assert.Equal(sent, rig.FramesFromServer);
        Assert.Equal(0, rig.Toe.Count);
    }

    /// <summary>The handshake is done and the first bytes went both ways.</summary>
    private static ToeRig Started(RigSettings? settings = null)
    {
        var rig = new ToeRig(settings ?? Settings);
        rig.Run(() => rig.Application.BytesRead > 10_000 && rig.ClientRead > 10_000);
        return rig;
    }

    private static ToeRig Offloaded(RigSettings? settings = null)
    {
        var rig = Started(settings);
        rig.Offload();
        rig.Run(() => rig.IsOffloaded);
        return rig;
    }
}
