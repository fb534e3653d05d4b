using ActorStack.Actors.Cluster.Queries;
using ActorStack.Actors.Connections;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Serialization.Messages;

/// <summary>The layouts of the messages by which nodes ask each other for their connections.</summary>
internal static class QueryFormats
{
    private const int LeastConnection = 6 * sizeof(int) + 1 + 8 * sizeof(long);

    public static NodeMessageFormat[] All { get; } =
    [
        new NodeMessageFormat<ConnectionQuery.Ask>(
            "node-ask-connections/1",
            (ref writer, message) =>
            {
                writer.Int64(message.Number);
                writer.Text(message.After);
            },
            (ref reader) => new(reader.Int64(), reader.Text())),

        new NodeMessageFormat<ConnectionQuery.Page>(
            "node-connections/1",
            (ref writer, message) =>
            {
                writer.Int64(message.Number);
                writer.Int32(message.Connections.Count);
                foreach (var connection in message.Connections) Write(ref writer, connection);
                writer.Text(message.Next);
            },
            (ref reader) =>
            {
                var number = reader.Int64();
                var connections = new ConnectionSnapshot[reader.Count(LeastConnection)];
                for (var i = 0; i < connections.Length; i++) connections[i] = Read(ref reader);
                return new ConnectionQuery.Page(number, connections, reader.Text());
            }),
    ];

    private static void Write(ref MessageWriter writer, ConnectionSnapshot connection)
    {
        writer.Text(connection.Id);
        writer.Text(connection.Local);
        writer.Text(connection.Remote);
        writer.Byte((byte)connection.State);
        writer.Text(connection.Phase);
        writer.Text(connection.RunsOn);
        writer.Int64(connection.BytesReceived);
        writer.Int64(connection.BytesSent);
        writer.Int64(BitConverter.DoubleToInt64Bits(connection.RttMicroseconds));
        writer.Int64(connection.CongestionWindow);
        writer.Int64(connection.SlowStartThreshold);
        writer.Int64(connection.Retransmissions);
        writer.Int64(connection.Epoch);
        writer.Int32(connection.Migrations);
        writer.Int64(BitConverter.DoubleToInt64Bits(connection.AgeSeconds));
    }

    private static ConnectionSnapshot Read(ref MessageReader reader) => new(
        reader.Text(), reader.Text(), reader.Text(), State(reader.Byte()), reader.Text(), reader.Text(), reader.Int64(),
        reader.Int64(), Finite(reader.Int64()), reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64(), reader.Int32(),
        Finite(reader.Int64()), Ended: null);

    private static TcpState State(byte value) =>
        Enum.IsDefined((TcpState)value) ? (TcpState)value : throw new FormatException($"{value} is no TCP state");

    private static double Finite(long bits) => BitConverter.Int64BitsToDouble(bits) is var value && double.IsFinite(value)
        ? value
        : throw new FormatException("a time is no finite number");
}
