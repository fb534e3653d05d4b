using ActorStack.Actors.Migration.Handoff;

namespace ActorStack.Actors.Serialization.Messages;

/// <summary>The layouts of the messages that hand a connection over.</summary>
internal static class HandoffFormats
{
    /// <summary>A longer explanation is cut, because it is only for people.</summary>
    private const int LongestDetail = 1000;

    public static NodeMessageFormat[] All { get; } =
    [
        new NodeMessageFormat<HandoffMessage.Prepare>(
            "handoff-prepare/1",
            (ref writer, message) =>
            {
                Head(ref writer, message);
                writer.Text(message.Offer.Local);
                writer.Text(message.Offer.Remote);
                writer.Text(message.Offer.Service);
                writer.Int32(message.Offer.RecordVersion);
                writer.Int64(message.Offer.QueuedBytes);
                writer.Int64(message.Offer.ApplicationBytes);
            },
            (ref reader) => new(reader.Text(), reader.Int64(), new HandoffOffer(
                reader.Text(), reader.Text(), reader.Text(), reader.Int32(), reader.Int64(), reader.Int64()))),

        new NodeMessageFormat<HandoffMessage.Prepared>(
            "handoff-prepared/1", (ref writer, message) => Head(ref writer, message),
            (ref reader) => new(reader.Text(), reader.Int64())),

        new NodeMessageFormat<HandoffMessage.Refused>(
            "handoff-refused/1",
            (ref writer, message) =>
            {
                Head(ref writer, message);
                writer.Text(message.Reason.ToString());
                writer.Text(message.Detail.Length <= LongestDetail ? message.Detail : message.Detail[..LongestDetail]);
            },
            (ref reader) => new(reader.Text(), reader.Int64(), Reason(reader.Text()), reader.Text())),

        new NodeMessageFormat<HandoffMessage.Abandon>(
            "handoff-abandon/1", (ref writer, message) => Head(ref writer, message),
            (ref reader) => new(reader.Text(), reader.Int64())),

        new NodeMessageFormat<HandoffMessage.Chunk>(
            "handoff-chunk/1",
            (ref writer, message) =>
            {
                Head(ref writer, message);
                writer.Bytes(message.Bytes);
            },
            (ref reader) => new(reader.Text(), reader.Int64(), reader.Bytes())),

        new NodeMessageFormat<HandoffMessage.Mark>(
            "handoff-mark/1",
            (ref writer, message) =>
            {
                Head(ref writer, message);
                writer.Int32(message.Round);
            },
            (ref reader) => new(reader.Text(), reader.Int64(), reader.Int32())),

        new NodeMessageFormat<HandoffMessage.Marked>(
            "handoff-marked/1",
            (ref writer, message) =>
            {
                Head(ref writer, message);
                writer.Int32(message.Round);
            },
            (ref reader) => new(reader.Text(), reader.Int64(), reader.Int32())),

        new NodeMessageFormat<HandoffMessage.Hold>(
            "handoff-hold/1", (ref writer, message) => Head(ref writer, message),
            (ref reader) => new(reader.Text(), reader.Int64())),

        new NodeMessageFormat<HandoffMessage.Segment>(
            "handoff-segment/1",
            (ref writer, message) =>
            {
                Head(ref writer, message);
                writer.Int64(message.Number);
                writer.Bytes(message.Packet);
                writer.Flag(message.ChecksumVerified);
                writer.Int32(message.SegmentSize);
            },
            (ref reader) => new(
                reader.Text(), reader.Int64(), reader.Int64(), reader.Bytes(), reader.Flag(), (ushort)reader.Int32())),

        new NodeMessageFormat<HandoffMessage.Processed>(
            "handoff-processed/1",
            (ref writer, message) =>
            {
                Head(ref writer, message);
                writer.Int64(message.Number);
            },
            (ref reader) => new(reader.Text(), reader.Int64(), reader.Int64())),

        new NodeMessageFormat<HandoffMessage.Transfer>(
            "handoff-transfer/1",
            (ref writer, message) =>
            {
                Head(ref writer, message);
                writer.Bytes(message.Record);
                writer.Flag(message.Application is not null);
                writer.Bytes(message.Application ?? []);
                writer.Int64(message.FrozenMicroseconds);
            },
            (ref reader) => new(reader.Text(), reader.Int64(), reader.Bytes(), Application(ref reader), reader.Int64())),

        new NodeMessageFormat<HandoffMessage.TakenOver>(
            "handoff-taken-over/1", (ref writer, message) => Head(ref writer, message),
            (ref reader) => new(reader.Text(), reader.Int64())),

        new NodeMessageFormat<HandoffMessage.Released>(
            "handoff-released/1", (ref writer, message) => Head(ref writer, message),
            (ref reader) => new(reader.Text(), reader.Int64())),

        new NodeMessageFormat<HandoffMessage.Gone>(
            "handoff-gone/1", (ref writer, message) => Head(ref writer, message),
            (ref reader) => new(reader.Text(), reader.Int64())),
    ];

    /// <summary>Null: the application has ended.</summary>
    private static byte[]? Application(ref MessageReader reader)
    {
        var hasState = reader.Flag();
        var state = reader.Bytes();
        return hasState ? state : null;
    }

    private static void Head(ref MessageWriter writer, HandoffMessage message)
    {
        writer.Text(message.Connection);
        writer.Int64(message.Epoch);
    }

    /// <summary>The reason travels by its name. A reason that only a later build has is still a refusal.</summary>
    private static HandoffRefusal Reason(string name) =>
        Enum.TryParse<HandoffRefusal>(name, out var reason) && reason.ToString() == name ? reason : HandoffRefusal.UnknownFormat;
}
