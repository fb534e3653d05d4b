using ActorStack.Transport.Links;

namespace ActorStack.TestKit;

/// <summary>What the wire between the peers and the nodes does to packets, both ways. It may change at any time.</summary>
public sealed partial class StackNetwork
{
    /// <summary>All that the wire does to packets.</summary>
    public WireImpairments Conditions
    {
        get => _wire.LeftToRight;
        set => (_wire.LeftToRight, _wire.RightToLeft) = (value, value);
    }

    /// <summary>The chance that a packet is lost, from 0 to 1. 1 is a cut wire.</summary>
    public double Loss
    {
        get => Conditions.Loss;
        set => Conditions = Conditions with { Loss = Chance(value) };
    }

    /// <summary>The chance that a packet is held back, so that those behind it pass, from 0 to 1.</summary>
    public double Reordering
    {
        get => Conditions.Reordering;
        set => Conditions = Conditions with { Reordering = Chance(value) };
    }

    /// <summary>The chance that a packet arrives twice, from 0 to 1.</summary>
    public double Duplication
    {
        get => Conditions.Duplication;
        set => Conditions = Conditions with { Duplication = Chance(value) };
    }

    /// <summary>The time that each packet travels: 0.5 ms at first.</summary>
    public TimeSpan Delay
    {
        get => Conditions.Delay;
        set => Conditions = Conditions with { Delay = value };
    }

    private static double Chance(double value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
        return value;
    }
}
