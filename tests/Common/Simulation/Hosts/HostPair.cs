using ActorStack.Transport.Host;

namespace ActorStack.Tests.Common.Simulation.Hosts;

/// <summary>Two hosts under one virtual clock, joined by a seeded wire that loses, delays and doubles packets.</summary>
public sealed class HostPair
{
    private readonly Random _random;
    private readonly PriorityQueue<(SimulatedHost To, byte[] Packet), (TimeSpan At, long Order)> _wire = new();
    private long _order;

    /// <param name="seed">Everything that happens follows from it.</param>
    /// <param name="client">The settings of the host that opens connections.</param>
    /// <param name="server">The settings of the host that listens.</param>
    /// <param name="loops">How many loops each has.</param>
    public HostPair(int seed, HostSettings client, HostSettings server, int loops = 1)
    {
        _random = new Random(seed);
        (Client, Server) = (new SimulatedHost(client, loops), new SimulatedHost(server, loops));
    }

    public SimulatedHost Client { get; }

    public SimulatedHost Server { get; }

    /// <summary>The virtual time; a caller may set it forward between two runs.</summary>
    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Probability that a packet is lost, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>Probability that a packet arrives twice, 0 to 1.</summary>
    public double Duplication { get; init; }

    /// <summary>Called for every packet on the wire.</summary>
    public Action<SimulatedHost, byte[]>? Tap { get; set; }

    /// <summary>Runs until <paramref name="done"/>. False: nothing is left to happen, or the time is up.</summary>
    public bool Run(TimeSpan limit, Func<bool> done)
    {
        var end = Now + limit;
        while (!done())
        {
            Carry(Client, Server);
            Carry(Server, Client);
            if (Next() is not { } next || next > end) return false;
            if (next > Now) Now = next;
            if (_wire.TryPeek(out var arrival, out var due) && due.At <= Now)
            {
                _wire.Dequeue();
                arrival.To.Arrive(arrival.Packet, Now);
            }
            else
            {
                Client.OnTime(Now);
                Server.OnTime(Now);
            }
        }

        return true;
    }

    private TimeSpan? Next() =>
        ((TimeSpan?[])[Client.NextDeadline, Server.NextDeadline, _wire.TryPeek(out _, out var due) ? due.At : null]).Min();

    private void Carry(SimulatedHost from, SimulatedHost to)
    {
        while (from.TakeOutput() is { } packet)
        {
            Tap?.Invoke(from, packet);
            if (_random.NextDouble() < Loss) continue;
            var copies = _random.NextDouble() < Duplication ? 2 : 1;
            for (var copy = 0; copy < copies; copy++)
                _wire.Enqueue((to, packet), (Now + TimeSpan.FromMilliseconds(5 + 5 * _random.NextDouble()), _order++));
        }
    }
}
