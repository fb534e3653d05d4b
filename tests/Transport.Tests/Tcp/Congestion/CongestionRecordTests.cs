using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Transport.Tests.Tcp.Congestion;

/// <summary>Algorithms to the record and back.</summary>
public sealed class CongestionRecordTests
{
    public static TheoryData<string> Names => [.. CongestionControls.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Carried_through_the_record_before_every_input_it_goes_on_as_if_never_moved(string name)
    {
        var still = new AcknowledgmentDriver(CongestionControls.Create(name, 1000, seed: 1, TimeSpan.Zero));
        var moved = new AcknowledgmentDriver(CongestionControls.Create(name, 1000, seed: 1, TimeSpan.Zero))
        {
            BeforeInput = Carry,
        };
        var random = new Random(7);
        for (var step = 0; step < 200; step++)
        {
            var (choice, roundTrip, used) = (random.Next(12), random.Next(20, 60), random.NextDouble());
            foreach (var driver in (AcknowledgmentDriver[])[still, moved]) Step(driver, choice, roundTrip, used);
            Assert.Equal(
                (still.Control.Window, still.Control.SlowStartThreshold, still.Control.PacingRate),
                (moved.Control.Window, moved.Control.SlowStartThreshold, moved.Control.PacingRate));
            Assert.Equal(still.Control.Export(still.Now), moved.Control.Export(moved.Now));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_record_of_another_algorithm_keeps_window_and_threshold(string name)
    {
        var section = new CongestionSection { Algorithm = "vegas", PrivateState = [1, 2, 3], Cwnd = 77_000, SsThresh = 55_000 };
        var control = CongestionControls.Restore(section, name, 1000, seed: 0, TimeSpan.Zero);
        Assert.Equal((name, 77_000u), (control.Name, control.Window));
        if (name != "bbr") Assert.Equal(55_000u, control.SlowStartThreshold);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_hostile_record_leaves_an_algorithm_that_sends(string name)
    {
        long[] extremes = [long.MinValue, long.MaxValue, -1, 0, 1, BitConverter.DoubleToInt64Bits(double.NaN),
            BitConverter.DoubleToInt64Bits(double.PositiveInfinity)];
        var length = CongestionControls.Create(name, 1000, seed: 1, TimeSpan.Zero).Export(TimeSpan.Zero).Length;
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var numbers = new long[seed % 7 == 0 ? random.Next(100) : length];
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = random.Next(3) == 0
                    ? random.NextInt64(long.MinValue, long.MaxValue)
                    : extremes[random.Next(extremes.Length)];
            }

            var section = new CongestionSection
            {
                Algorithm = name,
                PrivateState = numbers,
                Cwnd = (uint)random.NextInt64(uint.MaxValue),
                SsThresh = (uint)random.NextInt64(uint.MaxValue),
            };
            var driver = new AcknowledgmentDriver(
                CongestionControls.Restore(section, "cubic", 1000, seed: 0, TimeSpan.FromSeconds(10)));
            for (var step = 0; step < 20; step++)
            {
                if (driver.Control.Window > 1_000_000) driver.Congest(CongestionSignal.Timeout);
                Step(driver, random.Next(12), random.Next(20, 60), random.NextDouble());
                Assert.True(driver.Control.Window is >= 1_000 and <= 1 << 30, $"seed {seed}: window {driver.Control.Window}");
                Assert.True(driver.Control.PacingRate is null or > 0, $"seed {seed}: rate {driver.Control.PacingRate}");
            }
        }
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_names_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => SocketOptions.Default with { CongestionAlgorithm = "vegas" });
        Assert.Contains("vegas", error.Message);
        Assert.All(CongestionControls.Names, name => Assert.Contains(name, error.Message));
    }

    private static void Step(AcknowledgmentDriver driver, int choice, int roundTrip, double used)
    {
        driver.RoundTrip = TimeSpan.FromMilliseconds(roundTrip);
        if (driver.Control.Window > 1_000_000) driver.Congest(CongestionSignal.Loss);
        switch (choice)
        {
            case 0:
                driver.Congest(CongestionSignal.Loss);
                break;
            case 1:
                driver.Congest(CongestionSignal.Ecn);
                break;
            case 2:
                driver.Congest(CongestionSignal.Timeout);
                break;
            case 3:
                driver.Congest(CongestionSignal.Loss);
                driver.Control.OnUndo();
                break;
            case 4:
                driver.Idle(TimeSpan.FromSeconds(1));
                break;
            case 5:
                driver.Rounds(2, windowLimited: false, usedPart: used / 3);
                break;
            default:
                driver.Rounds(3);
                break;
        }
    }

    private static ICongestionControl Carry(ICongestionControl control, TimeSpan now)
    {
        var section = new CongestionSection
        {
            Algorithm = control.Name,
            Cwnd = control.Window,
            SsThresh = control.SlowStartThreshold,
            PrivateState = control.Export(now),
        };
        return CongestionControls.Restore(section, "reno", 1000, seed: 0, now);
    }
}
