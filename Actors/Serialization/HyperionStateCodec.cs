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
        CheckRuns(state);
    }

    /// <summary>Transmitted runs must cover what is outstanding, ascending and without gaps.</summary>
    private static void CheckRuns(TcpConnectionState state)
    {
        var starts = state.RunSequences;
        Array[] columns =
        [
            state.RunFlags, state.RunSentTicks, state.RunOrders, state.RunSegmentSizes, state.RunSegments, state.RunFirstSentTicks,
            state.RunDeliveredTicks, state.RunDelivered, state.RunLost, state.RunFlights, state.RunApplicationLimited,
        ];
        Require(columns.All(column => column.Length == starts.Length), "transmitted runs and what is told of them differ in count");
        Require(state.RecoveryState <= 4 && state.ForwardRtoPhase <= 2, "a recovery state is unknown");
        Require(state.RecoveryState < 2 || state.HasRecoveryPoint, "a recovery has no end");
        if (starts.Length == 0) return;
        var outstanding = state.SndMax - state.SndUna;
        Require(starts[0] == state.SndUna && outstanding > 0 && outstanding <= int.MaxValue, "transmitted runs do not begin at SND.UNA");
        for (var i = 0; i < starts.Length; i++)
        {
            var offset = starts[i] - state.SndUna;
            var end = i + 1 < starts.Length ? starts[i + 1] - state.SndUna : outstanding;
            Require(offset < end && end <= outstanding, "transmitted runs do not ascend to SND.MAX");
            Require(state.RunSegmentSizes[i] is > 0 and <= ushort.MaxValue, "a transmitted run has no segment size");
            Require(state.RunSegments[i] is > 0 && state.RunSegments[i] <= end - offset, "a transmitted run has an impossible count of segments");
            Require(IsKnown(state.RunFlags[i]), "a transmitted run has unknown flags");
        }
    }

    /// <summary>SACKed (1) stands alone; a retransmission in flight (4) is of what was lost (2) or thought so, and was resent (8).</summary>
    private static bool IsKnown(byte flags) => flags == 1 || (flags & ~14) == 0 && (flags & 12) != 4;

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new FormatException($"{nameof(TcpConnectionState)}: {otherwise}");
    }
}
