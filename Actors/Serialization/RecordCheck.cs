using System.Reflection;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Serialization;

/// <summary>
/// What a record must be that a connection can go on with: who sent it may have meant harm. Numbers that are merely odd are left to
/// the connection, which survives them as it survives an odd peer.
/// </summary>
internal static class RecordCheck
{
    /// <summary>Longer than any connection lasts, and no sum of a few overflows.</summary>
    private static readonly long LongestTime = TimeSpan.FromDays(100 * 365).Ticks;

    /// <summary>Differences and counts with a value of their own for "not yet".</summary>
    private static readonly string[] Signed =
        [nameof(TcpConnectionState.UndoRetransmitted), nameof(TcpConnectionState.ReceiveRoundBytes), nameof(TcpConnectionState.PrrAllowance)];

    private static readonly PropertyInfo[] Times = Properties(isTime: true, typeof(long));
    private static readonly PropertyInfo[] Counters = [.. Properties(isTime: false, typeof(long)), .. Properties(isTime: false, typeof(int))];

    /// <exception cref="FormatException">Names what is wrong.</exception>
    public static void Check(TcpConnectionState state)
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
        CheckNumbers(state);
        CheckText(state);
        CheckRuns(state);
    }

    private static void CheckNumbers(TcpConnectionState state)
    {
        foreach (var property in Times) Require(IsTime((long)property.GetValue(state)!), $"{property.Name} is no time a connection knows");
        foreach (var times in (long[][])[state.RunSentTicks, state.RunFirstSentTicks, state.RunDeliveredTicks])
            Require(Array.TrueForAll(times, IsTime), "a transmitted run has a time no connection knows");
        foreach (var property in Counters)
        {
            var value = Convert.ToInt64(property.GetValue(state));
            Require(IsCount(value) || (Signed.Contains(property.Name) && IsCount(-value)), $"{property.Name} is no count");
        }
    }

    /// <summary>What was sent and may have to be sent again is there. Before the handshake is done the SYN is outstanding first.</summary>
    private static void CheckText(TcpConnectionState state)
    {
        if (state.State is TcpState.Closed) return;
        var syn = state.State is TcpState.SynSent or TcpState.SynReceived ? 1 : 0;
        Require(syn == 0 || state.SndUna == state.Iss, "the SYN is acknowledged, and the handshake goes on");
        var outstanding = state.SndMax - state.SndUna;
        Require(state.FinQueued || !state.FinSent, "a FIN was sent that the application did not ask for");
        Require(outstanding <= int.MaxValue, "SND.UNA is beyond SND.MAX");
        Require(outstanding <= state.Unacknowledged.Length + syn + (state.FinSent ? 1 : 0), "text that was sent is missing");
    }

    private static bool IsTime(long ticks) => ticks >= -LongestTime && ticks <= LongestTime;

    private static bool IsCount(long value) => value is >= 0 and <= long.MaxValue / 4;

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

    private static PropertyInfo[] Properties(bool isTime, Type type) =>
    [
        .. typeof(TcpConnectionState).GetProperties()
            .Where(property => property.CanWrite && property.PropertyType == type && property.Name.Contains("Ticks", StringComparison.Ordinal) == isTime),
    ];

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new FormatException($"{nameof(TcpConnectionState)}: {otherwise}");
    }
}
