using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Statistics;

namespace ActorStack.Fuzz.Tcp;

/// <summary>What a program begins with: five bytes that settle the options of a connection and its host.</summary>
internal sealed class FuzzSettings
{
    private static readonly int[] Capacities = [1_000, 2_920, 16_384, 65_535, 65_536, 200_000, 600_000, 1_000_000];
    private static readonly int[] Payloads = [536, 1460, 16 * 1024, 64_000];
    private static readonly int[] Mtus = [1500, 576, 9000, 65_535];

    public FuzzSettings(FuzzInput input)
    {
        var (options, more, sizes, link) = (input.Byte(), input.Byte(), input.Byte(), input.Byte());
        Capacity = Capacities[sizes & 7];
        InitialLimit = (sizes & 8) != 0 ? 64 * 1024 : int.MaxValue;
        SliceLimit = (sizes & 16) != 0 ? 700 : int.MaxValue;
        IsActive = (more & 1) != 0;
        IsIPv6 = (more & 2) != 0;
        MovesAlways = (more & 4) != 0;
        Tcp = TcpSettings.Default with
        {
            Counters = new TcpCounters(),
            Timestamps = (options & 1) != 0,
            Sack = (options & 2) != 0,
            WindowScaling = (options & 4) != 0,
            Ecn = (options & 8) != 0 ? EcnMode.Active : EcnMode.Passive,
            Pacing = (options & 32) != 0,
            Mtu = Mtus[link & 3],
            MaximumSegmentPayload = Payloads[link >> 2 & 3],
            Options = SocketOptions.Default with
            {
                NoDelay = (options & 16) != 0,
                Cork = (sizes & 32) != 0,
                QuickAck = (sizes & 64) != 0 ? (link & 16) != 0 : null,
                KeepAlive = (options & 64) != 0,
                KeepaliveIdle = TimeSpan.FromSeconds(30),
                UserTimeout = (options & 128) != 0 ? TimeSpan.FromMinutes(2) : TimeSpan.Zero,
                CongestionAlgorithm = CongestionControls.Names[(more >> 3) % CongestionControls.Names.Count],
            },
        };
    }

    public TcpSettings Tcp { get; }

    public int Capacity { get; }

    public int InitialLimit { get; }

    public int SliceLimit { get; }

    public bool IsActive { get; }

    public bool IsIPv6 { get; }

    /// <summary>The moved twin moves after every input and every output.</summary>
    public bool MovesAlways { get; }
}
