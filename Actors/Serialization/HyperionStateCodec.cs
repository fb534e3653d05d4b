using ActorStack.Transport.State;

namespace ActorStack.Actors.Serialization;

/// <summary>
/// The record of a connection as bytes, as it goes into engines, journals and to other nodes. A record that reads well is also
/// one a stack can take: addresses and runs of matching sizes, a known state.
/// </summary>
public sealed class HyperionStateCodec : IStateCodec
{
    private static readonly HyperionFormat Format = new(
        TcpConnectionState.CurrentVersion, [typeof(TcpConnectionState), typeof(TcpState)], [typeof(byte[][])]);

    /// <summary>The only instance.</summary>
    public static HyperionStateCodec Instance { get; } = new();

    /// <inheritdoc/>
    public byte[] Encode(TcpConnectionState state) => Format.Write(state, state.Epoch);

    /// <inheritdoc/>
    public TcpConnectionState Decode(ReadOnlyMemory<byte> bytes)
    {
        var state = (TcpConnectionState)Format.Read(bytes, out var epoch);
        if (state.Epoch != epoch) throw new FormatException($"the envelope's epoch is {epoch}, the record's {state.Epoch}");
        RecordCheck.Check(state);
        return state;
    }
}
