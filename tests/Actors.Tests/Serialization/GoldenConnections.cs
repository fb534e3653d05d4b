using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Actors.Tests.Serialization;

/// <summary>
/// Real connections, each caught in a state of its life. From these the golden records are written, once for each version.
/// </summary>
internal static class GoldenConnections
{
    private const string ConnectionId = "3-17";
    private const long Epoch = 5;

    /// <summary>The kinds of connection and the moments of which a golden record is kept.</summary>
    private static readonly string[] Kept =
    [
        "cubic-SynSent", "cubic-SynReceived", "cubic-Established", "cubic-Recovery", "cubic-FinWait1", "cubic-FinWait2",
        "cubic-Closing",
        "cubic-TimeWait", "reno-Recovery", "reno-CloseWait", "bbr-OutOfOrder", "bbr-Recovery", "bbr-LastAck", "fast-open-SynSent",
        "fast-open-SynReceived",
    ];

    public static IReadOnlyDictionary<string, ConnectionImage> Capture()
    {
        var images = new SortedDictionary<string, ConnectionImage>(StringComparer.Ordinal);
        var plain = new SimulationSettings
        {
            Seed = 7,
            Loss = 0.04,
            Reordering = 0.05,
            ClientBytes = 60_000,
            ServerBytes = 40_000,
            SendCapacity = 8_000,
            ReceiveCapacity = 16_000,
            Tcp = TcpSettings.Default with
            {
                MaximumSegmentPayload = 4_096,
                Options = new SocketOptions { KeepAlive = true, CongestionAlgorithm = "cubic" },
            },
        };
        Run(images, "cubic", plain);
        Run(images, "reno", plain with
        {
            Tcp = plain.Tcp with
            {
                Sack = false,
                Timestamps = false,
                Options = new SocketOptions { NoDelay = false, Cork = true, CongestionAlgorithm = "reno" },
            },
        });
        Run(images, "bbr", plain with
        {
            IPv6 = true,
            Marking = 0.05,
            Tcp = plain.Tcp with
            {
                Ecn = EcnMode.Active,
                Options = new SocketOptions { CongestionAlgorithm = "bbr", UserTimeout = TimeSpan.FromMinutes(2) },
            },
        });
        Run(images, "fast-open", plain with { FastOpen = true });
        return images;
    }

    private static void Run(SortedDictionary<string, ConnectionImage> images, string name, SimulationSettings settings)
    {
        var simulation = new TcpSimulation(settings);
        simulation.AfterOutput = (endpoint, now) =>
        {
            var image = endpoint.Connection!.Capture(ExportScope.Whole, now);
            image = image with { State = image.State.OwnedBy(ConnectionId, Epoch) };
            Keep($"{name}-{image.State.Identity.State}", image);
            if (image.State.Recovery.State == 3) Keep($"{name}-Recovery", image);
            if (image.State.Queues.OutOfOrderLengths.Length > 1) Keep($"{name}-OutOfOrder", image);
        };
        simulation.Connect();
        simulation.Run(TimeSpan.FromMinutes(10), () => simulation.Client.Connection!.State is TcpState.Closed);

        void Keep(string key, ConnectionImage image)
        {
            if (Kept.Contains(key)) images.TryAdd(key, image);
        }
    }
}
