using ActorStack.Actors.Cluster.Local;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Serialization.Messages;

/// <summary>The layouts of the messages of a take-over between two processes of one machine.</summary>
internal static class LocalFormats
{
    public static NodeMessageFormat[] All { get; } =
    [
        new NodeMessageFormat<LocalProtocol.Hello>(
            "node-local-hello/1",
            (ref writer, message) =>
            {
                writer.Text(message.Name);
                writer.Int64(message.Incarnation);
                writer.Text(message.Device);
                writer.Bytes(message.Secret);
            },
            (ref reader) => new(reader.Text(), reader.Int64(), reader.Text(), reader.Bytes())),

        new NodeMessageFormat<LocalProtocol.Refused>(
            "node-local-refused/1",
            (ref writer, message) =>
            {
                writer.Text(message.Reason);
                writer.Text(message.WhatToDo);
            },
            (ref reader) => new(reader.Text(), reader.Text())),

        new NodeMessageFormat<LocalProtocol.Begin>(
            "node-local-begin/1", (ref writer, message) => { }, (ref reader) => LocalProtocol.Begin.Instance),

        new NodeMessageFormat<LocalProtocol.Prepared>(
            "node-local-prepared/1",
            (ref writer, message) =>
            {
                writer.Int32(message.Connections);
                writer.Flag(message.HasCookies);
            },
            (ref reader) => new(reader.Int32(), reader.Flag())),

        new NodeMessageFormat<LocalProtocol.Opened>(
            "node-local-opened/1",
            (ref writer, message) =>
            {
                writer.Int32(message.Keys.Count);
                foreach (var flow in message.Keys) writer.Flow(flow);
            },
            (ref reader) =>
            {
                var keys = new FlowKey[reader.Count(FlowFormats.LeastFlow)];
                for (var i = 0; i < keys.Length; i++) keys[i] = reader.Flow();
                return new LocalProtocol.Opened(keys);
            }),

        new NodeMessageFormat<LocalProtocol.Routed>(
            "node-local-routed/1", (ref writer, message) => { }, (ref reader) => LocalProtocol.Routed.Instance),

        new NodeMessageFormat<LocalProtocol.Progress>(
            "node-local-progress/1",
            (ref writer, message) => Count(ref writer, message.Moved, message.Left, message.LongestBlackoutMicroseconds),
            (ref reader) => new(reader.Int32(), reader.Int32(), reader.Int64())),

        new NodeMessageFormat<LocalProtocol.Done>(
            "node-local-done/1",
            (ref writer, message) => Count(ref writer, message.Moved, message.Left, message.LongestBlackoutMicroseconds),
            (ref reader) => new(reader.Int32(), reader.Int32(), reader.Int64())),
    ];

    private static void Count(ref MessageWriter writer, int moved, int left, long blackout)
    {
        writer.Int32(moved);
        writer.Int32(left);
        writer.Int64(blackout);
    }
}
