using ActorStack.CommandLine.Bench.Drills;
using ActorStack.Transport.Wire;

namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>Gives what comes back to the flow it belongs to.</summary>
internal sealed class ArrivalAnswers(AttackLink link, IReadOnlyDictionary<FlowKey, ArrivalFlow> flows) : Attack(link)
{
    public override void Step() => throw new NotSupportedException("the flows are played by the test");

    public override void OnSegment(in FlowKey flow, in TcpSegment segment)
    {
        if (flows.TryGetValue(flow, out var played)) played.OnSegment(segment);
    }
}
