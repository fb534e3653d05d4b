using System.Runtime.Serialization;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Persistence;
using ActorStack.Actors.Serialization;
using Akka.Actor;

namespace ActorStack.Actors.Tests.Serialization;

public sealed class ActorStackSerializerTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2024, 2, 29, 12, 30, 15, TimeSpan.Zero);

    private readonly ActorSystem _system = ActorSystem.Create("serialization", ActorStackReference.Config);

    public void Dispose() => _system.Dispose();

    private static readonly IActorStackMessage[] Samples =
    [
        new StackEvents.Started(7, At),
        new ConnectionEvents.Opened("1-2", "10.9.0.1:7", "[fd00::2]:40000", "echo", At),
        new ConnectionEvents.Arrived("a-1-7", "10.9.0.1:7", "10.0.0.2:4000", "echo", "a", 4, At),
        new ConnectionEvents.OwnerClaimed(3, "software", "kernel", "policy: rule bulk", At),
        new ConnectionEvents.OwnerCommitted(
            1, 3, "software", "kernel", "operator", true, 412.5, 10, 20, 30, "Cwnd: Lost: no call", At),
        new ConnectionEvents.OwnerRolledBack(2, 4, "software", "toe", "operator", "NoConnectionEntries", At),
        new ConnectionEvents.Closed("closed by both sides", 1L << 40, 5, At),
    ];

    public static TheoryData<string> Messages() => [.. Samples.Select(message => message.GetType().Name)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_round_trips(string type)
    {
        var message = Samples.Single(sample => sample.GetType().Name == type);
        var serializer = Assert.IsType<ActorStackSerializer>(_system.Serialization.FindSerializerFor(message));
        var read = _system.Serialization.Deserialize(
            serializer.ToBinary(message), serializer.Identifier, serializer.Manifest(message));
        Assert.Equal(message, read);
    }

    [Fact]
    public void Every_marked_type_has_a_manifest()
    {
        var marked = typeof(IActorStackMessage).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IActorStackMessage).IsAssignableFrom(type))
            .Where(type => !typeof(NodeMessage).IsAssignableFrom(type)); // see NodeMessageCodecTests
        Assert.Equal(marked.ToHashSet(), Samples.Select(message => message.GetType()).ToHashSet());
    }

    [Fact]
    public void The_identifier_never_changes() => Assert.Equal(16723, Serializer().Identifier);

    [Fact]
    public void An_unknown_manifest_is_refused() =>
        Assert.Throws<SerializationException>(() => Serializer().FromBinary([], "connection-opened/2"));

    [Fact]
    public void A_message_of_another_node_that_cannot_be_read_is_told_by_its_name()
    {
        var later = Assert.IsType<UnreadableMessage>(Serializer().FromBinary([1, 2, 3], "handoff-prepare/2"));
        Assert.Equal("handoff-prepare/2", later.Manifest);
        Assert.Contains("does not know", later.Reason);
        var bytes = Serializer().ToBinary(new HandoffMessage.Prepared("a-1-1", 2));
        var truncated = Assert.IsType<UnreadableMessage>(Serializer().FromBinary(bytes[..^1], "handoff-prepared/1"));
        Assert.Contains("truncated", truncated.Reason);
    }

    [Fact]
    public void Damage_is_refused()
    {
        var bytes = Serializer().ToBinary(new StackEvents.Started(1, At));
        bytes[^1] ^= 1;
        var error = Assert.Throws<SerializationException>(() => Serializer().FromBinary(bytes, "stack-started/1"));
        Assert.Contains("damaged", error.Message);
    }

    [Fact]
    public void Bytes_of_another_message_are_refused()
    {
        var bytes = Serializer().ToBinary(new StackEvents.Started(1, At));
        Assert.Throws<SerializationException>(() => Serializer().FromBinary(bytes, "connection-closed/1"));
    }

    [Fact]
    public void Events_of_version_1_are_written_as_ever()
    {
        var serializer = Serializer();
        var lines = Samples.Select(
            message => $"{serializer.Manifest(message)} {Convert.ToHexString(serializer.ToBinary(message))}");
        Assert.Equal(GoldenEvents.Version1, string.Join('\n', lines));
    }

    private ActorStackSerializer Serializer() =>
        (ActorStackSerializer)_system.Serialization.FindSerializerForType(typeof(StackEvents.Started));
}
