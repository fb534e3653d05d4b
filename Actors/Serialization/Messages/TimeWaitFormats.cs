using ActorStack.Actors.Cluster;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Serialization.Messages;

/// <summary>The layout of connections in TIME-WAIT.</summary>
internal static class TimeWaitFormats
{
    private const int LeastTimeWait = 1 + 2 * (4 + sizeof(ushort)) + 6 * sizeof(int) + 4;

    public static NodeMessageFormat[] All { get; } =
    [
        new NodeMessageFormat<TimeWaitMessage>(
            "node-time-waits/1",
            (ref writer, message) =>
            {
                writer.Int32(message.Entries.Count);
                foreach (var entry in message.Entries) Write(ref writer, entry);
            },
            (ref reader) =>
            {
                var entries = new TimeWaitEntry[reader.Count(LeastTimeWait)];
                for (var i = 0; i < entries.Length; i++) entries[i] = Read(ref reader);
                return new TimeWaitMessage(entries);
            }),
    ];

    private static void Write(ref MessageWriter writer, in TimeWaitEntry entry)
    {
        writer.Flow(entry.Flow);
        writer.Int32(unchecked((int)entry.SendNext.Value));
        writer.Int32(unchecked((int)entry.ReceiveNext.Value));
        writer.Int32(unchecked((int)entry.ReceiveWindow));
        writer.Int32(unchecked((int)entry.TimestampRecent));
        writer.Flag(entry.TimestampClock is not null);
        writer.Int32(unchecked((int)(entry.TimestampClock ?? 0)));
        writer.Int32((int)entry.Left.TotalMilliseconds);
        writer.Byte(entry.WindowScale);
        writer.Byte(entry.HopLimit);
        writer.Byte(entry.TrafficClass);
    }

    private static TimeWaitEntry Read(ref MessageReader reader)
    {
        var flow = reader.Flow();
        var (next, expected) = (UInt32(ref reader), UInt32(ref reader));
        var (window, recent) = (UInt32(ref reader), UInt32(ref reader));
        var hasTimestamps = reader.Flag();
        var clock = UInt32(ref reader);
        var left = reader.Int32();
        if (left < 0) throw new FormatException($"{left} ms of TIME-WAIT are left");
        return new TimeWaitEntry(
            flow, new SequenceNumber(next), new SequenceNumber(expected), window, recent, hasTimestamps ? clock : null,
            TimeSpan.FromMilliseconds(left), reader.Byte(), reader.Byte(), reader.Byte());
    }

    private static uint UInt32(ref MessageReader reader) => unchecked((uint)reader.Int32());
}
