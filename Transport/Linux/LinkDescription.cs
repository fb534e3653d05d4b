namespace ActorStack.Transport.Linux;

/// <summary>What rtnetlink says of a device.</summary>
/// <param name="Index">Names the device as long as it exists; one that is made again has another.</param>
/// <param name="IsUp">The device is administratively up (IFF_UP).</param>
/// <param name="Mtu">Bytes of an IP packet at most.</param>
/// <param name="QueueLength">Packets that its transmit queue may hold.</param>
/// <param name="HasCarrier">Of a TUN device: some process has it open.</param>
/// <param name="IsMultiQueue">Of a TUN device: it may have several queues; null: it is none.</param>
internal readonly record struct LinkDescription(
    int Index, bool IsUp, uint Mtu, uint QueueLength, bool HasCarrier, bool? IsMultiQueue);
