using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Tests.Linux;

public sealed class HostSetUpTests
{
    private readonly HashSet<string> _missing = [];
    private readonly Dictionary<string, string> _obstacles = [];
    private readonly HostSetUp _setUp;
    private int _restored;

    public HostSetUpTests() =>
        _setUp = new HostSetUp(Part("device"), Part("route"), Part("control", isVital: false));

    [Fact]
    public void What_is_there_is_left_alone()
    {
        Assert.Empty(Look(0));
        Assert.Null(_setUp.Defect);
    }

    [Fact]
    public void What_is_missing_is_put_back_and_told_once()
    {
        _missing.UnionWith(["device", "control"]);
        Assert.Equal(["device Restored vital", "control Restored"], Look(0));
        Assert.Null(_setUp.Defect);
        Assert.Empty(Look(1));
    }

    [Fact]
    public void What_cannot_be_put_back_is_told_once_keeps_nothing_else_from_it_and_is_told_again_when_it_is_back()
    {
        _missing.UnionWith(["device", "route"]);
        _obstacles["device"] = "no more names";
        Assert.Equal(["device Missing vital no more names", "route Restored vital"], Look(0));
        Assert.Equal("device: no more names", _setUp.Defect);
        Assert.True(_setUp.IsIncomplete);
        Assert.Empty(Look(1));

        _obstacles["device"] = "not permitted";
        Assert.Equal(["device Missing vital not permitted"], Look(2));
        _obstacles.Clear();
        Assert.Equal(["device Restored vital"], Look(3));
        Assert.Null(_setUp.Defect);
        Assert.False(_setUp.IsIncomplete);
    }

    [Fact]
    public void What_another_puts_back_is_told_to_be_back()
    {
        _missing.Add("route");
        _obstacles["route"] = "the device is down";
        Look(0);
        _missing.Clear();
        Assert.Equal(["route Restored vital"], Look(1));
        Assert.Null(_setUp.Defect);
    }

    [Fact]
    public void What_is_not_vital_is_no_defect()
    {
        _missing.Add("control");
        _obstacles["control"] = "read-only";
        Assert.Equal(["control Missing read-only"], Look(0));
        Assert.Null(_setUp.Defect);
    }

    [Fact]
    public void Against_another_that_takes_the_same_away_for_ever_it_is_put_back_now_and_then()
    {
        const int Seconds = 1_000;
        List<string> told = [];
        for (var second = 0; second < Seconds; second++)
        {
            _missing.Add("route");
            told.AddRange(Look(second));
        }

        Assert.Equal(HostSetUp.MostAtOnce + Seconds / (int)HostSetUp.Refill.TotalSeconds, _restored, tolerance: 1);
        Assert.Single(told, change => change.StartsWith("route Contested", StringComparison.Ordinal));
        Assert.Contains("again and again", _setUp.Defect);
    }

    [Fact]
    public void While_one_part_is_contested_the_others_are_put_back_at_once()
    {
        Contest("route");
        _missing.Add("device");
        Assert.Equal(["device Restored vital"], Look(0));
    }

    [Fact]
    public void The_end_of_a_contest_is_seen_at_the_next_look_after_the_pause()
    {
        Contest("route");
        Assert.NotNull(_setUp.Defect);
        Assert.Empty(Look(HostSetUp.Refill.TotalSeconds / 2));
        Assert.NotNull(_setUp.Defect);
        Assert.Equal(["route Restored vital"], Look(HostSetUp.Refill.TotalSeconds));
        Assert.Null(_setUp.Defect);
    }

    private void Contest(string name)
    {
        for (var i = 0; i < HostSetUp.MostAtOnce; i++)
        {
            _missing.Add(name);
            Look(0);
        }
    }

    private List<string> Look(double seconds) => [.. _setUp.Look(TimeSpan.FromSeconds(seconds))
        .Select(change => $"{change.Part} {change.Outcome}{(change.IsVital ? " vital" : "")} {change.Detail}".TrimEnd())];

    private HostPart Part(string name, bool isVital = true) => new(
        name,
        () =>
        {
            if (_missing.Contains(name) && _obstacles.TryGetValue(name, out var obstacle)) throw new LinuxException(obstacle);
            if (!_missing.Remove(name)) return false;
            _restored++;
            return true;
        },
        isVital);
}
