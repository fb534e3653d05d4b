using ActorStack.CommandLine.Traffic;

namespace ActorStack.CommandLine.Bench.Drills;

/// <summary>How much of everything: the drills as they are, and as tests have them.</summary>
/// <param name="Clients">Legitimate clients.</param>
/// <param name="Period">From a client's transfer to its next.</param>
/// <param name="Patience">A client whose transfer takes longer counts as failed.</param>
/// <param name="Bytes">Of a transfer, each way.</param>
/// <param name="Undisturbed">Length of the run before the attack.</param>
/// <param name="Attacked">Length of the attack; null: the drill's own.</param>
/// <param name="MostPackets">Of the attacker, a second.</param>
/// <param name="Share">Of the connections that an attack opens.</param>
internal sealed record DrillScale(
    int Clients, TimeSpan Period, TimeSpan Patience, int Bytes, TimeSpan Undisturbed, TimeSpan? Attacked, int MostPackets,
    double Share)
{
    public static DrillScale Full { get; } = new(
        Clients: 200, Period: TimeSpan.FromSeconds(1), Patience: SwarmClient.DefaultPatience, Bytes: 128 * 1024,
        Undisturbed: TimeSpan.FromSeconds(10), Attacked: null, MostPackets: 20_000, Share: 1);
}
