using System.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Records;

/// <summary>
/// A record that was not refused: a connection goes on with it, sends no end of segments, allocates no end of memory and throws
/// nothing.
/// </summary>
internal static class ImportedRecord
{
    private const int MostSegments = 20_000;
    private const int Rounds = 12;
    private const long MostAllocated = 64 << 20;

    /// <summary>Payload beside a record; more than this has no part in the tests.</summary>
    private static readonly byte[] Beside = new byte[1 << 20];

    public static void Run(DecodedRecord decoded)
    {
        if ((decoded.Payload ?? PayloadOf(decoded.State.Queues)) is not { } payload) return;
        var image = new ConnectionImage(decoded.State, payload);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var now = TimeSpan.FromSeconds(100);
        var send = new PlainSendQueue(image);
        var connection = TcpConnection.Import(
            image, TcpSettings.Default with { Counters = new TcpCounters() }, send, new PlainReceiveQueue(), now);
        connection.Resume(now);
        for (var round = 0; round < Rounds && connection.State is not TcpState.Closed; round++)
        {
            Drain(connection, now);
            Arrive(connection, round, now);
            Drain(connection, now);
            if (connection.NextDeadline is not { } due) continue;
            now = due > now ? due : now;
            connection.OnTimer(now);
        }

        connection.Export(ExportScope.Whole, now);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Require(allocated < MostAllocated, $"going on with a record took {allocated} bytes");
    }

    /// <summary>Null where chunks would have to bring more than is kept here.</summary>
    private static ConnectionPayload? PayloadOf(QueuesSection queues)
    {
        if (queues.SendLength > Beside.Length || queues.UndeliveredLength > Beside.Length
            || queues.OutOfOrderLengths.Sum(run => run) > Beside.Length)
        {
            return null;
        }

        return new ConnectionPayload
        {
            Send = new ReadOnlySequence<byte>(Beside, 0, queues.SendLength),
            Undelivered = new ReadOnlySequence<byte>(Beside, 0, queues.UndeliveredLength),
            OutOfOrder = [.. queues.OutOfOrderLengths.Select(run => (ReadOnlyMemory<byte>)Beside.AsMemory(0, (int)run))],
        };
    }

    private static void Arrive(TcpConnection connection, int round, TimeSpan now)
    {
        var record = connection.Export(ExportScope.Bare, now);
        var half = (record.Send.SndMax - record.Send.SndUna) / 2;
        var segment = new TcpSegment
        {
            Flags = TcpFlags.Ack,
            Sequence = new SequenceNumber(record.Receive.RcvNxt),
            Acknowledgment = new SequenceNumber(record.Send.SndUna) + (round % 2 == 0 ? half : 0),
            Window = ushort.MaxValue,
            Options = new TcpOptions
            {
                HasTimestamps = record.Negotiated.Timestamps,
                TimestampValue = record.Timestamps.TsRecent + 1,
            },
            Payload = new byte[round % 3 * 500],
        };
        if (record.Negotiated.SackPermitted && round % 2 == 1)
        {
            segment.Options.SackCount = 1;
            segment.Options.Sack[0] = new SackBlock(
                new SequenceNumber(record.Send.SndUna) + half, new SequenceNumber(record.Send.SndMax));
        }

        connection.OnSegment(segment, now);
    }

    private static void Drain(TcpConnection connection, TimeSpan now)
    {
        var count = 0;
        while (connection.TryTransmit(now, out _)) Require(++count < MostSegments, "the output does not end");
        connection.OnBurstEnd(now);
    }
}
