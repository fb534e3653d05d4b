namespace ActorStack.Transport.Linux;

/// <summary>What rtnetlink says of a device.</summary>
/// <param name="Index">Names the device as long as it exists; one that is made again has another.</param>
internal readonly record struct LinkDescription(int Index, bool IsUp, uint Mtu, uint QueueLength);
