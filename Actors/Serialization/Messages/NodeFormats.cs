using ActorStack.Actors.Cluster;

namespace ActorStack.Actors.Serialization.Messages;

/// <summary>The layouts of the messages of the network itself.</summary>
internal static class NodeFormats
{
    public static NodeMessageFormat[] All { get; } =
    [
        new NodeMessageFormat<NodeMessage.Unknown>(
            "node-unknown/1",
            (ref writer, message) =>
            {
                writer.Text(message.Manifest);
                writer.Text(message.Reason);
            },
            (ref reader) => new(reader.Text(), reader.Text())),

        new NodeMessageFormat<NodeProtocol.Hello>(
            "node-hello/1",
            (ref writer, message) =>
            {
                writer.Text(message.Name);
                writer.Int64(message.Incarnation);
                writer.Text(message.Steering);
                writer.Int32(message.Member);
                writer.Flag(message.IsAnswer);
            },
            (ref reader) => new(reader.Text(), reader.Int64(), reader.Text(), reader.Int32(), reader.Flag())),

        new NodeMessageFormat<NodeProtocol.Ping>(
            "node-ping/1", (ref writer, message) => writer.Int64(message.AskedAt), (ref reader) => new(reader.Int64())),

        new NodeMessageFormat<NodeProtocol.Pong>(
            "node-pong/1",
            (ref writer, message) =>
            {
                writer.Int64(message.AskedAt);
                writer.Int64(message.Connections);
            },
            (ref reader) => new(reader.Int64(), reader.Int64())),

        new NodeMessageFormat<NodeProtocol.Worked>(
            "node-worked/1",
            (ref writer, message) =>
            {
                writer.Int64(message.Work.Bytes);
                writer.Int64(message.Work.Processor.Ticks);
            },
            (ref reader) => new(new NodeWork(reader.Int64(), TimeSpan.FromTicks(reader.Int64())))),

        new NodeMessageFormat<NodeProtocol.Part>(
            "node-part/1",
            (ref writer, message) =>
            {
                writer.Int64(message.Number);
                writer.Int32(message.Index);
                writer.Int32(message.Length);
                writer.Text(message.Manifest);
                writer.Bytes(message.Bytes.Span);
            },
            (ref reader) => new(reader.Int64(), reader.Int32(), reader.Int32(), reader.Text(), reader.Bytes())),

        new NodeMessageFormat<NodeProtocol.ChannelAt>(
            "node-channel-at/1", (ref writer, message) => writer.Int32(message.Port), (ref reader) => new(reader.Int32())),

        new NodeMessageFormat<NodeProtocol.AskSecret>(
            "node-ask-secret/1", (ref writer, message) => { }, (ref reader) => NodeProtocol.AskSecret.Instance),

        new NodeMessageFormat<NodeProtocol.Secret>(
            "node-secret/1", (ref writer, message) => writer.Bytes(message.Bytes), (ref reader) => new(reader.Bytes())),
    ];
}
