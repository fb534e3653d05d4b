using ActorStack.Transport.Links;

namespace ActorStack.Transport.Tests.Engines.Emulated;

public sealed class ToeTransferTests
{
    private static readonly WireImpairments Lossy = new()
    {
        Delay = TimeSpan.FromMilliseconds(5),
        Loss = 0.02,
        Reordering = 0.05,
        ReorderDelay = TimeSpan.FromMilliseconds(4),
    };

    [Fact]
    public void A_transfer_that_never_moves_arrives()
    {
        using var rig = new ToeRig(new RigSettings());
        rig.RunTransfer();
        Assert.Equal(0, rig.Offloads);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_transfer_arrives_with_a_move_every_20_ms(bool ipv6)
    {
        using var rig = new ToeRig(new RigSettings
        {
            Migrate = TimeSpan.FromMilliseconds(20),
            ClientBytes = 3_000_000,
            ServerBytes = 3_000_000,
            IPv6 = ipv6,
        });
        rig.RunTransfer();
        Assert.True(rig.Offloads > 3, rig.ToString());
        Assert.Equal(0, rig.Salvages);
        Assert.Equal(0, rig.Client.Info.Retransmissions);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(250)]
    [InlineData(500)]
    [InlineData(750)]
    public void Transfers_over_a_bad_wire_arrive_with_a_move_every_100_ms(int firstSeed)
    {
        var offloads = 0;
        for (var seed = firstSeed; seed < firstSeed + 250; seed++)
        {
            using var rig = new ToeRig(new RigSettings { Seed = seed, Wire = Lossy, Migrate = TimeSpan.FromMilliseconds(100) });
            rig.RunTransfer();
            Assert.Equal(0, rig.Salvages);
            offloads += rig.Offloads;
        }

        Assert.True(offloads > 150, $"only {offloads} offloads");
    }
}
