using ActorStack.Transport.Tcp;

namespace ActorStack.Tests.Common.Simulation;

/// <summary>One simulated transfer. Rates are probabilities of a wire segment, 0 to 1.</summary>
public sealed record SimulationSettings
{
    public int Seed { get; init; } = 1;

    public double Loss { get; init; }

    public double Reordering { get; init; }

    public double Duplication { get; init; }

    /// <summary>Of segments that are ECN-capable.</summary>
    public double Marking { get; init; }

    /// <summary>One way.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Extra delay of a reordered segment, at most.</summary>
    public TimeSpan Jitter { get; init; } = TimeSpan.FromMilliseconds(8);

    public int ClientBytes { get; init; } = 300_000;

    public int ServerBytes { get; init; } = 300_000;

    public int SendCapacity { get; init; } = 128 * 1024;

    public int ReceiveCapacity { get; init; } = 128 * 1024;

    /// <summary>Bytes the applications read at once; then they pause for <see cref="ReadPause"/>.</summary>
    public int ReadSize { get; init; } = int.MaxValue;

    public TimeSpan ReadPause { get; init; } = TimeSpan.Zero;

    public TcpSettings Tcp { get; init; } = TcpSettings.Default with { MaximumSegmentPayload = 16 * 1024 };

    /// <summary>The server's settings where they are not the client's.</summary>
    public TcpSettings? ServerTcp { get; init; }

    /// <summary>The server's receive capacity where it is not the client's.</summary>
    public int? ServerReceiveCapacity { get; init; }

    public bool IPv6 { get; init; }

    /// <summary>The client's SYN takes its first 1,000 bytes along (RFC 7413), and the server takes them.</summary>
    public bool FastOpen { get; init; }

    /// <summary>The client's clock and timestamps start here; the server's do not.</summary>
    public TimeSpan ClientTimestampOffset { get; init; } = TimeSpan.FromDays(3);

    public uint ClientIss { get; init; } = uint.MaxValue - 100_000;

    public uint ServerIss { get; init; } = 77_000;

    /// <summary>As the server sees them.</summary>
    internal SimulationSettings ForServer() =>
        this with { Tcp = ServerTcp ?? Tcp, ReceiveCapacity = ServerReceiveCapacity ?? ReceiveCapacity };
}
