using System.Reflection;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;

namespace ActorStack.Actors.Serialization;

/// <summary>
/// Checks that a connection can continue from a record, which may come from a malicious sender. Values that are only unusual
/// pass: the connection survives them as it survives an unusual peer.
/// </summary>
internal static class RecordCheck
{
    /// <summary>A bound above the out-of-order runs that any receive queue keeps.</summary>
    private const int MostRuns = 64 * 1024;

    /// <summary>A bound above the life of any connection, small enough that a sum of a few does not overflow.</summary>
    private static readonly long LongestTime = TimeSpan.FromDays(100 * 365).Ticks;

    /// <summary>The fields that may be negative: differences, and counts with a special value for "not yet".</summary>
    private static readonly string[] Signed =
    [
        $"{nameof(TcpConnectionState.Undo)}.{nameof(UndoSection.Retransmitted)}",
        $"{nameof(TcpConnectionState.ReceiveTuning)}.{nameof(ReceiveTuningSection.RoundBytes)}",
        $"{nameof(TcpConnectionState.RateReduction)}.{nameof(RateReductionSection.Allowance)}",
    ];

    private static readonly (string Section, MethodInvoker Read, NumberField[] Fields)[] Numbers =
    [
        .. from section in typeof(TcpConnectionState).GetProperties()
           where section.CanWrite
           select (section.Name, MethodInvoker.Create(section.GetMethod!), NumbersOf(section).ToArray()),
    ];

    /// <exception cref="FormatException">Names the section and the field that are wrong.</exception>
    public static void Check(TcpConnectionState state)
    {
        CheckIdentity(state.Identity);
        CheckNumbers(state);
        CheckQueues(state.Queues);
        CheckSend(state);
        CheckRecovery(state);
        CheckScoreboard(state);
    }

    private static void CheckIdentity(IdentitySection identity)
    {
        const string Section = nameof(TcpConnectionState.Identity);
        Require(Enum.IsDefined(identity.State), Section, $"state {(byte)identity.State} is unknown");
        Require(
            identity.LocalAddress.Length is 4 or 16 && identity.RemoteAddress.Length == identity.LocalAddress.Length,
            Section, "the addresses are not both of 4 or both of 16 bytes");
    }

    private static void CheckNumbers(TcpConnectionState state)
    {
        var negotiated = state.Negotiated;
        Require(
            negotiated.SndWindScale <= 14 && negotiated.RcvWindScale <= 14,
            nameof(TcpConnectionState.Negotiated), "a window scale is above 14 (RFC 7323 section 2.3)");
        foreach (var (name, read, fields) in Numbers)
        {
            var section = read.Invoke(state);
            foreach (var field in fields) CheckNumber(name, field, field.Value(section));
        }
    }

    private static void CheckNumber(string section, NumberField field, long value)
    {
        if (field.IsTime ? IsTime(value) : IsCount(value) || (field.IsSigned && IsCount(-value))) return;
        throw new FormatException($"{section}: {field.Name} is no {(field.IsTime ? "time a connection knows" : "count")}");
    }

    private static IEnumerable<NumberField> NumbersOf(PropertyInfo section) =>
        from field in section.PropertyType.GetProperties()
        where field.CanWrite && (field.PropertyType == typeof(long) || field.PropertyType == typeof(int))
        select new NumberField(
            field.Name, field.Name.Contains("Ticks", StringComparison.Ordinal), Signed.Contains($"{section.Name}.{field.Name}"),
            MethodInvoker.Create(field.GetMethod!));

    /// <summary>Checks that the payload which the record describes can come beside it.</summary>
    private static void CheckQueues(QueuesSection queues)
    {
        const string Section = nameof(TcpConnectionState.Queues);
        Require(
            queues.OutOfOrderLengths.Length == queues.OutOfOrderSequences.Length,
            Section, "out-of-order runs and their sequence numbers differ in count");
        Require(queues.OutOfOrderLengths.Length <= MostRuns, Section, $"more than {MostRuns} out-of-order runs");
        var length = (long)queues.SendLength + queues.UndeliveredLength;
        foreach (var run in queues.OutOfOrderLengths) length += run;
        const long Most = PayloadAssembly.DefaultLimit;
        Require(length <= Most, Section, $"{length} bytes of payload, of at most {Most}");
    }

    /// <summary>
    /// Checks that unacknowledged payload is in the queue for retransmission. Before the handshake is complete, the SYN is
    /// outstanding first.
    /// </summary>
    private static void CheckSend(TcpConnectionState state)
    {
        const string Section = nameof(TcpConnectionState.Send);
        if (state.Identity.State is TcpState.Closed) return;
        var send = state.Send;
        var syn = state.Identity.State is TcpState.SynSent or TcpState.SynReceived ? 1 : 0;
        Require(syn == 0 || send.SndUna == send.Iss, Section, "the SYN is acknowledged, and the handshake goes on");
        var outstanding = send.SndMax - send.SndUna;
        Require(send.FinQueued || !send.FinSent, Section, "a FIN was sent that the application did not ask for");
        Require(outstanding <= int.MaxValue, Section, "SND.UNA is beyond SND.MAX");
        var fin = send.FinSent ? 1 : 0;
        Require(outstanding <= state.Queues.SendLength + syn + fin, Section, "payload that was sent is missing");
    }

    private static void CheckRecovery(TcpConnectionState state)
    {
        var recovery = state.Recovery;
        Require(recovery.State <= 4, nameof(TcpConnectionState.Recovery), $"state {recovery.State} is unknown");
        Require(recovery.State < 2 || recovery.HasRecoveryPoint, nameof(TcpConnectionState.Recovery), "a recovery has no end");
        var phase = state.Undo.ForwardRtoPhase;
        Require(phase <= 2, nameof(TcpConnectionState.Undo), $"phase {phase} of F-RTO is unknown");
    }

    /// <summary>Checks that the transmitted runs cover everything outstanding, in ascending order and without gaps.</summary>
    private static void CheckScoreboard(TcpConnectionState state)
    {
        const string Section = nameof(TcpConnectionState.Scoreboard);
        var (runs, send) = (state.Scoreboard, state.Send);
        var starts = runs.RunSequences;
        Array[] columns =
        [
            runs.RunFlags, runs.RunSentTicks, runs.RunOrders, runs.RunSegmentSizes, runs.RunSegments, runs.RunFirstSentTicks,
            runs.RunDeliveredTicks, runs.RunDelivered, runs.RunLost, runs.RunFlights, runs.RunApplicationLimited,
        ];
        Require(
            columns.All(column => column.Length == starts.Length),
            Section, "transmitted runs and what is told of them differ in count");
        foreach (var times in (long[][])[runs.RunSentTicks, runs.RunFirstSentTicks, runs.RunDeliveredTicks])
            Require(Array.TrueForAll(times, IsTime), Section, "a transmitted run has a time no connection knows");
        if (starts.Length == 0) return;
        var outstanding = send.SndMax - send.SndUna;
        Require(
            starts[0] == send.SndUna && outstanding > 0 && outstanding <= int.MaxValue,
            Section, "transmitted runs do not begin at SND.UNA");
        for (var i = 0; i < starts.Length; i++)
        {
            var offset = starts[i] - send.SndUna;
            var end = i + 1 < starts.Length ? starts[i + 1] - send.SndUna : outstanding;
            Require(offset < end && end <= outstanding, Section, "transmitted runs do not ascend to SND.MAX");
            Require(runs.RunSegmentSizes[i] is > 0 and <= ushort.MaxValue, Section, "a transmitted run has no segment size");
            Require(
                runs.RunSegments[i] is > 0 && runs.RunSegments[i] <= end - offset,
                Section, "a transmitted run has an impossible count of segments");
            Require(IsKnown(runs.RunFlags[i]), Section, "a transmitted run has unknown flags");
        }
    }

    private static bool IsTime(long ticks) => ticks >= -LongestTime && ticks <= LongestTime;

    private static bool IsCount(long value) => value is >= 0 and <= long.MaxValue / 4;

    /// <summary>
    /// Checks the flags of a run: SACKed (1) excludes lost (2), retransmission in flight (4) and resent (8); a retransmission
    /// in flight is also resent.
    /// </summary>
    private static bool IsKnown(byte flags) => flags == 1 || (flags & ~14) == 0 && (flags & 12) != 4;

    private static void Require(bool condition, string section, string otherwise)
    {
        if (!condition) throw new FormatException($"{section}: {otherwise}");
    }

    /// <summary>A number of a section. It is prepared once, because a record is checked while its peer waits.</summary>
    private sealed record NumberField(string Name, bool IsTime, bool IsSigned, MethodInvoker Read)
    {
        public long Value(object? section) => Read.Invoke(section) switch
        {
            long value => value,
            int value => value,
            var other => throw new NotSupportedException($"{other} is no number"),
        };
    }
}
