using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Policy;

/// <summary>One rule: all conditions that are set must hold.</summary>
internal sealed record PolicyRule(string Name, PolicyAction Action)
{
    /// <summary>The target engine of <see cref="PolicyAction.Offload"/>; otherwise empty.</summary>
    public string Engine { get; init; } = "";

    /// <summary>The local ports that match, inclusive; empty: all.</summary>
    public IReadOnlyList<PortRange> LocalPorts { get; init; } = [];

    /// <summary>The peer's ports that match; empty: all.</summary>
    public IReadOnlyList<PortRange> RemotePorts { get; init; } = [];

    /// <summary>The local addresses that match; empty: all.</summary>
    public IReadOnlyList<AddressPrefix> Local { get; init; } = [];

    /// <summary>The peer's addresses that match; empty: all.</summary>
    public IReadOnlyList<AddressPrefix> Remote { get; init; } = [];

    /// <summary>The measured conditions.</summary>
    public PolicyLimits Limits { get; init; } = new();

    /// <summary>The time for which the rule must match before it is followed.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>Whether the rule applies to a connection now.</summary>
    /// <param name="facts">The connection.</param>
    /// <param name="rate">The rate in bits per second; null while unknown.</param>
    /// <param name="slack">The hysteresis: 1 applies the limits as written; a value below 1, for the rule in force, multiplies
    /// minimums and divides maximums.</param>
    internal bool Matches(in ConnectionFacts facts, double? rate, double slack) =>
        Contains(LocalPorts, facts.Flow.Local.Port) && Contains(RemotePorts, facts.Flow.Remote.Port)
        && Contains(Local, facts.Flow.Local.Address) && Contains(Remote, facts.Flow.Remote.Address)
        && Limits.Match(facts, rate, slack);

    private static bool Contains(IReadOnlyList<PortRange> ranges, ushort port)
    {
        if (ranges.Count == 0) return true;
        foreach (var range in ranges)
        {
            if (range.Contains(port)) return true;
        }

        return false;
    }

    private static bool Contains(IReadOnlyList<AddressPrefix> prefixes, Transport.Wire.IpAddress address)
    {
        if (prefixes.Count == 0) return true;
        foreach (var prefix in prefixes)
        {
            if (prefix.Contains(address)) return true;
        }

        return false;
    }
}
