using ActorStack.Fuzz.Host;
using ActorStack.Fuzz.Messages;
using ActorStack.Fuzz.Policy;
using ActorStack.Fuzz.Records;
using ActorStack.Fuzz.Tcp;
using ActorStack.Fuzz.Wire;

namespace ActorStack.Fuzz;

/// <summary>What can be fuzzed, by name. A target returns, or throws what it found.</summary>
internal static class FuzzTargets
{
    public static readonly IReadOnlyDictionary<string, Action<ReadOnlyMemory<byte>>> All =
        new Dictionary<string, Action<ReadOnlyMemory<byte>>>
        {
            ["packet"] = PacketTarget.Run,
            ["fragments"] = FragmentsTarget.Run,
            ["host"] = HostTarget.Run,
            ["segments"] = SegmentsTarget.Run,
            ["transfer"] = TransferTarget.Run,
            ["record"] = RecordTarget.Run,
            ["message"] = MessageTarget.Run,
            ["policy"] = PolicyTarget.Run,
        };
}
