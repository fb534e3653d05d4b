using ActorStack.Tests.Common;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Host;

public sealed class InitialSequenceTests
{
    private static readonly FlowKey Flow = FlowTo(40_000);

    [Fact]
    [Rfc(6528, "3")]
    public void The_numbers_of_one_flow_grow_by_one_in_four_microseconds()
    {
        var sequences = new InitialSequence(seed: 1);
        var first = sequences.Next(Flow, TimeSpan.FromSeconds(1));
        Assert.Equal(first + 250_000, sequences.Next(Flow, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    [Rfc(6528, "3")]
    public void Those_of_another_flow_or_another_secret_say_nothing_of_it()
    {
        var sequences = new InitialSequence(seed: 1);
        var others = Enumerable.Range(1, 1_000).Select(port => sequences.Next(FlowTo(port), TimeSpan.Zero))
            .Append(new InitialSequence(seed: 2).Next(Flow, TimeSpan.Zero)).ToHashSet();
        Assert.Equal(1_001, others.Count);
        Assert.InRange(others.Count(number => number.Value < uint.MaxValue / 2), 400, 600);
    }

    [Fact]
    public void Without_a_seed_each_stack_has_a_secret_of_its_own() =>
        Assert.NotEqual(
            new InitialSequence(seed: null).Next(Flow, TimeSpan.Zero), new InitialSequence(seed: null).Next(Flow, TimeSpan.Zero));

    private static FlowKey FlowTo(int port) => new(
        new TcpEndpoint(IpAddress.Parse("10.9.0.1"), 7), new TcpEndpoint(IpAddress.Parse("10.9.0.2"), (ushort)port));
}
