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

    public static HyperionStateCodec Instance { get; } = new();

    public byte[] Encode(TcpConnectionState state) => Format.Write(state, state.Epoch);

    public TcpConnectionState Decode(ReadOnlyMemory<byte> bytes)
    {
        var state = (TcpConnectionState)Format.Read(bytes, out var epoch);
        if (state.Epoch != epoch) throw new FormatException($"the envelope's epoch is {epoch}, the record's {state.Epoch}");
        Check(state);
        return state;
    }

    private static void Check(TcpConnectionState state)
    {
        Require(state.Version == TcpConnectionState.CurrentVersion, $"version {state.Version} is not {TcpConnectionState.CurrentVersion}");
        Require(Enum.IsDefined(state.State), $"state {(byte)state.State} is unknown");
        Require(
            state.LocalAddress.Length is 4 or 16 && state.RemoteAddress.Length == state.LocalAddress.Length,
            "the addresses are not both of 4 or both of 16 bytes");
        Require(state.SndWindScale <= 14 && state.RcvWindScale <= 14, "a window scale is above 14 (RFC 7323 section 2.3)");
        Require(
            state.OutOfOrderData.Length == state.OutOfOrderSequences.Length,
            "out-of-order runs and their sequence numbers differ in count");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new FormatException($"{nameof(TcpConnectionState)}: {otherwise}");
    }
}
