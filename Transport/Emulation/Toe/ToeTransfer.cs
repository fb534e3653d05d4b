using ActorStack.Transport.State;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>How a connection crosses between host and device: its record as bytes, its payload in chunks beside it.</summary>
internal sealed class ToeTransfer(IStateCodec codec)
{
    public (byte[] Record, IReadOnlyList<byte[]> Payload) Write(ConnectionImage image)
    {
        var identity = image.State.Identity;
        return (codec.Encode(image.State),
            [.. new PayloadCutter(identity.ConnectionId, identity.Epoch, PayloadChunk.MaximumLength).Cut(image)]);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="record">The serialized record.</param>
    /// <param name="payload">The chunks beside it.</param>
    /// <param name="ledger">What could not be read of the record.</param>
    public ConnectionImage Read(ReadOnlyMemory<byte> record, IReadOnlyList<byte[]> payload, out FidelityLedger ledger)
    {
        (var state, var carried, ledger) = codec.Decode(record);
        if (carried is not null) return new ConnectionImage(state, carried);
        var assembly = new PayloadAssembly(state.Identity.ConnectionId, state.Identity.Epoch);
        foreach (var chunk in payload) assembly.Add(chunk);
        return new ConnectionImage(state, assembly.Complete(state));
    }
}
